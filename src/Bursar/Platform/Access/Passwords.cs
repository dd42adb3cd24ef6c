using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Bursar.Platform.Access;

/// <summary>
/// The framework's password hashing: PBKDF2 with HMAC-SHA512, 210,000 rounds (OWASP), random salt. It is slow on purpose, so it waits for a
/// turn: many passwords at once must not take all threads from the rest.
/// </summary>
public sealed class Passwords : IDisposable
{
    private const int LengthMin = 12;
    private const int LengthMax = 128;
    private static readonly object Nobody = new();
    private readonly PasswordHasher<object> hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));
    private readonly string decoy;
    private readonly SemaphoreSlim turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    public Passwords() => decoy = hasher.HashPassword(Nobody, "nobody's password");

    public string? Problem(string password) => password.Length switch
    {
        < LengthMin => $"At least {LengthMin} characters.",
        > LengthMax => $"Up to {LengthMax} characters.",
        _ => null,
    };

    public Task<string> Hash(string password) => InTurn(() => hasher.HashPassword(Nobody, password));

    /// <summary>The same work whether or not the person exists, so that time tells nothing.</summary>
    public Task<bool> Verify(string? hash, string password) => InTurn(() =>
        hasher.VerifyHashedPassword(Nobody, hash ?? decoy, password.Length > LengthMax ? "" : password) != PasswordVerificationResult.Failed
        && hash is not null);

    private async Task<T> InTurn<T>(Func<T> work)
    {
        await turns.WaitAsync();
        try { return await Task.Run(work); }
        finally { turns.Release(); }
    }

    public void Dispose() => turns.Dispose();
}
