using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace Bursar.Platform.Access;

/// <summary>The framework's password hashing: PBKDF2 with HMAC-SHA512, 210,000 rounds (OWASP), random salt.</summary>
public sealed class Passwords : IDisposable
{
    private const int LengthMin = 12;
    private const int LengthMax = 128;
    private static readonly object Nobody = new();
    private readonly PasswordHasher<object> hasher = new(Options.Create(new PasswordHasherOptions { IterationCount = 210_000 }));
    private readonly string decoy;
    private readonly SemaphoreSlim turns = new(Math.Max(1, Environment.ProcessorCount / 2));

    public Passwords() => decoy = Hash("nobody's password");

    public string? Problem(string password) => password.Length switch
    {
        < LengthMin => $"At least {LengthMin} characters.",
        > LengthMax => $"Up to {LengthMax} characters.",
        _ => null,
    };

    public string Hash(string password) => hasher.HashPassword(Nobody, password);

    /// <summary>The same, waiting for a turn: many new passwords at once must not take all threads from the rest.</summary>
    public async Task<string> HashInTurn(string password)
    {
        await turns.WaitAsync();
        try { return Hash(password); }
        finally { turns.Release(); }
    }

    /// <summary>The same work whether or not the person exists, so that time tells nothing.</summary>
    public bool Verify(string? hash, string password) =>
        hasher.VerifyHashedPassword(Nobody, hash ?? decoy, password.Length > LengthMax ? "" : password) != PasswordVerificationResult.Failed && hash is not null;

    public void Dispose() => turns.Dispose();
}
