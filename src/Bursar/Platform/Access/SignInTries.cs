using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;
using Npgsql;

namespace Bursar.Platform.Access;

/// <summary>
/// Bounds the guessing of passwords and codes: per account from one address, per account, and per address, each with a wait that doubles
/// from one minute to a quarter of an hour. Counted by what was typed, so an account that does not exist waits like one that does. An
/// address that has signed in to the account of late is held up by its own failures only: nobody locks somebody else out from afar.
/// </summary>
public sealed class SignInTries(Database database, TimeProvider time)
{
    private const int FreeOfPair = 5;
    private const int FreeOfAccount = 20;
    private const int FreeOfAddress = 100;
    private const int Lanes = 64;
    private static readonly TimeSpan TurnMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ForgottenAfter = TimeSpan.FromHours(1);
    private static readonly TimeSpan KnownFor = TimeSpan.FromDays(30);
    private readonly SemaphoreSlim[] lanes = [.. Enumerable.Range(0, Lanes).Select(_ => new SemaphoreSlim(1))];

    private sealed record Scope(byte[] Hash, int Free);

    /// <summary>
    /// Runs one try, after others of the same account have ended: so tries at once are not more than tries one by one. The attempt answers
    /// what it found; an error of 401 counts as a failure, but for a code that is only missing.
    /// </summary>
    public async Task<Result<T>> Try<T>(string account, string peer, Func<Task<Result<T>>> attempt)
    {
        var scopes = Scopes(account, peer);
        var lane = lanes[scopes[1].Hash[0] % Lanes];
        if (!await lane.WaitAsync(TurnMax))
            return new Error(Errors.Overloaded, "Too much is asked at once. Nothing was done; try again in a moment.");
        try
        {
            await using (var connection = await database.Engine.OpenConnectionAsync())
                if (await Wait(connection, scopes) is { } wait) return TooMany(wait);
            var result = await attempt();
            await using var after = await database.Engine.OpenConnectionAsync();
            if (result.Ok) await Passed(after, scopes);
            else if (result.Error.Code.Status == 401 && result.Error.Code != Errors.OtpRequired) await Failed(after, scopes);
            return result;
        }
        finally
        {
            lane.Release();
        }
    }

    public static readonly Retention Kept = new(ForgottenAfter, """
        delete from sign_in_tries where scope in (
            select scope from sign_in_tries where changed_at < @before and (known_until is null or known_until < @now) limit @most)
            and changed_at < @before
        """);

    private async Task<TimeSpan?> Wait(NpgsqlConnection connection, Scope[] scopes)
    {
        var now = time.NowMicros();
        var rows = (await connection.QueryAsync<Row>("select scope, waits_until, known_until from sign_in_tries where scope = any(@hashes)",
            new { hashes = scopes.Select(s => s.Hash).ToArray() })).AsList();
        var known = rows.Any(r => r.KnownUntil > now && r.Scope.AsSpan().SequenceEqual(scopes[0].Hash));
        var until = rows.Where(r => !known || r.Scope.AsSpan().SequenceEqual(scopes[0].Hash)).Max(r => r.WaitsUntil);
        return until > now ? until - now : null;
    }

    private async Task Failed(NpgsqlConnection connection, Scope[] scopes)
    {
        foreach (var scope in scopes)
            await connection.ExecuteAsync("""
                insert into sign_in_tries as t (scope, failures, changed_at) values (@Hash, 1, @now)
                on conflict (scope) do update set changed_at = @now,
                    failures = case when t.changed_at < @old then 1 else t.failures + 1 end,
                    waits_until = case when t.changed_at >= @old and t.failures + 1 >= @Free
                        then @now + least(interval '15 minutes', interval '1 minute' * 2 ^ least(t.failures + 1 - @Free, 10)) end
                """, new { scope.Hash, scope.Free, now = time.NowMicros(), old = time.NowMicros() - ForgottenAfter });
    }

    /// <summary>The address keeps its own failures: one account of one's own must not wash off guesses at others.</summary>
    private async Task Passed(NpgsqlConnection connection, Scope[] scopes)
    {
        await connection.ExecuteAsync("""
            delete from sign_in_tries where scope = @account;
            insert into sign_in_tries as t (scope, failures, known_until, changed_at) values (@pair, 0, @known, @now)
            on conflict (scope) do update set failures = 0, waits_until = null, known_until = @known, changed_at = @now
            """, new { account = scopes[1].Hash, pair = scopes[0].Hash, now = time.NowMicros(), known = time.NowMicros() + KnownFor });
    }

    /// <summary>Whoever reads the account's mail need not wait for what others tried.</summary>
    public static Task<int> Clear(NpgsqlConnection connection, string account) =>
        connection.ExecuteAsync("delete from sign_in_tries where scope = @account", new { account = Hash("account " + account) });

    private static Error TooMany(TimeSpan wait)
    {
        var minutes = (int)Math.Ceiling(wait.TotalMinutes);
        return new Error(Errors.RateLimited, minutes == 1 ? "Too many tries. Wait 1 minute, then try again."
            : (Phrase)$"Too many tries. Wait {minutes} minutes, then try again.")
            .With("retryAfter", (int)Math.Ceiling(wait.TotalSeconds));
    }

    private static Scope[] Scopes(string account, string peer)
    {
        var address = AddressOf(peer);
        return [new(Hash($"pair {account} {address}"), FreeOfPair), new(Hash("account " + account), FreeOfAccount),
            new(Hash("address " + address), FreeOfAddress)];
    }

    /// <summary>One household of IPv6 owns a /64; counting single addresses would count nothing.</summary>
    private static string AddressOf(string peer) =>
        IPAddress.TryParse(peer, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6
            ? Convert.ToHexStringLower(address.GetAddressBytes().AsSpan(0, 8)) : peer;

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private sealed record Row
    {
        public required byte[] Scope { get; init; }
        public DateTimeOffset? WaitsUntil { get; init; }
        public DateTimeOffset? KnownUntil { get; init; }
    }
}
