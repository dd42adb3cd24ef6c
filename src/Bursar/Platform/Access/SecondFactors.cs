using System.Buffers.Text;
using System.Security.Cryptography;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Signing;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Bursar.Platform.Messages;
using Dapper;
using Npgsql;

namespace Bursar.Platform.Access;

/// <summary>Whether a person signs in with a second factor, since when, and how many recovery codes are left.</summary>
public sealed record SecondFactor(DateTimeOffset? Since, int RecoveryCodes)
{
    public bool IsOn => Since is not null;
}

/// <summary>A secret that waits for its first code: as text to type and as what the QR code holds.</summary>
public sealed record Enrolment(string Secret, string KeyUri);

/// <summary>
/// A person's second factor: an authenticator app (RFC 6238, each code once) and ten recovery codes (each once, kept as HMAC). The secret
/// is sealed.
/// </summary>
public sealed class SecondFactors(Database database, OwnAccount own, MessageQueue messages, Sealer sealer, TimeProvider time)
{
    private const int RecoveryCodes = 10;
    private const string Issuer = "Bursar";
    // Lower case without 0, 1, i, l, o and u: nothing that is read wrongly from paper. 10 of 30 characters are 49 bits.
    private const string RecoveryAlphabet = "23456789abcdefghjkmnpqrstvwxyz";
    private const int RecoveryLength = 10;
    /// <summary>An enrolment that nobody finished is begun again: its secret has been on a screen long enough.</summary>
    private static readonly TimeSpan EnrolmentLife = TimeSpan.FromMinutes(15);

    public async Task<SecondFactor> Of(Guid person)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        return await connection.QuerySingleAsync<SecondFactor>("""
            select (select confirmed_at from second_factors where person_id = @person) as since,
                (select count(*)::int from recovery_codes where person_id = @person) as recovery_codes
            """, new { person });
    }

    /// <summary>Makes a secret that counts once a first code was shown.</summary>
    public Task<Result<Enrolment>> Begin(Self self) => Change(self, "second_factor.begun", "set up the authenticator app",
        async scope =>
    {
        var secret = Totp.NewSecret();
        var begun = await scope.Execute("""
            insert into second_factors as f (person_id, secret, created_at) values (@person, @text, @at)
            on conflict (person_id) do update set secret = @text, created_at = @at, last_step = 0 where f.confirmed_at is null
            """, new { text = sealer.Seal(Base64Url.EncodeToString(secret)) });
        if (begun == 0) return new Error(Errors.StateConflict, "The authenticator app is set up already.");
        return (Result<Enrolment>)Shown(await Email(scope), secret);
    });

    /// <summary>The enrolment that waits for its first code, or null.</summary>
    public async Task<Enrolment?> Waiting(Guid person)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        var row = await connection.QuerySingleOrDefaultAsync<(string Secret, string Email)>("""
            select f.secret, p.email from second_factors f join persons p on p.person_id = f.person_id
            where f.person_id = @person and f.confirmed_at is null and f.created_at > @since
            """, new { person, since = time.NowMicros() - EnrolmentLife });
        return row.Secret is null ? null : Shown(row.Email, Base64Url.DecodeFromChars(sealer.Unseal(row.Secret)));
    }

    /// <summary>Shows a first code: from now on sign-in asks for one. Answers the recovery codes, which are shown only now.</summary>
    public Task<Result<IReadOnlyList<string>>> Confirm(Self self, string code)
    {
        var codes = NewCodes();
        return own.Change(self, "second_factor.enabled", new { }, async scope =>
        {
            var waiting = await scope.Scalar<string>(
                "select secret from second_factors where person_id = @person and confirmed_at is null and created_at > @since for update",
                new { since = scope.At - EnrolmentLife });
            if (waiting is null) return new Error(Errors.Expired, "This set-up has expired. Begin again.");
            if (Totp.Match(Base64Url.DecodeFromChars(sealer.Unseal(waiting)), Digits(code), time.GetUtcNow(), 0) is not { } step)
                return Errors.Field("/code", "invalid", "This is not the code that the app shows now.");
            await scope.Execute("update second_factors set confirmed_at = @at, last_step = @step where person_id = @person", new { step });
            await Store(scope, codes);
            await Tell(scope.Connection, scope.Person, "The second step is on",
                "Signing in to your Bursar account now asks for the code of your authenticator app.");
            return (Result<IReadOnlyList<string>>)codes;
        });
    }

    /// <summary>Ten new codes; the old ones end.</summary>
    public Task<Result<IReadOnlyList<string>>> RenewRecoveryCodes(Self self) =>
        Change(self, "second_factor.recovery_codes_renewed", "make new recovery codes", async scope =>
        {
            const string confirmed =
                "select exists (select from second_factors where person_id = @person and confirmed_at is not null)";
            if (await scope.Scalar<bool>(confirmed) is false)
                return Errors.Missing();
            var codes = NewCodes();
            await Store(scope, codes);
            return (Result<IReadOnlyList<string>>)codes;
        });

    public Task<Result<SecondFactor>> Disable(Self self) =>
        Change(self, "second_factor.disabled", "turn the second step off", async scope =>
    {
        var removed = await scope.Execute("delete from second_factors where person_id = @person and confirmed_at is not null");
        if (removed == 0) return Errors.Missing();
        await scope.Execute("delete from recovery_codes where person_id = @person");
        await scope.Execute("update persons set code_channel = 'email' where person_id = @person and code_channel = 'app'");
        await Tell(scope.Connection, scope.Person, "The second step is off",
            "Signing in to your Bursar account asks for the password only.");
        return (Result<SecondFactor>)new SecondFactor(null, 0);
    });

    /// <summary>
    /// Takes a code of the app or, where <paramref name="recovery"/> allows it, a recovery code. Each is good once, also at the same time.
    /// </summary>
    public async Task<bool> Take(Guid person, string code, bool recovery)
    {
        var digits = Digits(code);
        await using var connection = await database.Engine.OpenConnectionAsync();
        if (digits.Length != Totp.Digits) return recovery && await TakeRecovery(connection, person, digits);
        var known = await connection.QuerySingleOrDefaultAsync<(string Secret, long LastStep)>(
            "select secret, last_step from second_factors where person_id = @person and confirmed_at is not null", new { person });
        return known.Secret is not null
            && Totp.Match(Base64Url.DecodeFromChars(sealer.Unseal(known.Secret)), digits, time.GetUtcNow(), known.LastStep) is { } step
            && await connection.ExecuteAsync("update second_factors set last_step = @step where person_id = @person and last_step < @step",
                new { person, step }) == 1;
    }

    private async Task<bool> TakeRecovery(NpgsqlConnection connection, Guid person, string code)
    {
        await using var transaction = await connection.BeginTransactionAsync();
        if (await connection.ExecuteAsync("delete from recovery_codes where person_id = @person and hash = @hash",
            new { person, hash = Hash(person, code) }) == 0) return false;
        await Tell(connection, person, "A recovery code was used",
            "Somebody signed in to your Bursar account with one of your recovery codes. It does not work again.");
        await transaction.CommitAsync();
        return true;
    }

    /// <summary>Whoever did not do this must hear of it.</summary>
    private async Task Tell(NpgsqlConnection connection, Guid person, Phrase subject, Phrase what)
    {
        var email = await connection.ExecuteScalarAsync<string>("select email from persons where person_id = @person", new { person });
        var language = await Readers.Of(connection, email!);
        await messages.Send(connection, OutgoingMessage.Mail(language, email!, subject,
            $"{what} If it was not you, choose a new password at once and tell your Admin."));
    }

    private Task<Result<T>> Change<T>(Self self, string type, string act, Func<OwnScope, Task<Result<T>>> change) =>
        self.Require(Proof.Password, act) is { } missing ? Task.FromResult<Result<T>>(missing) : own.Change(self, type, new { }, change);

    private async Task Store(OwnScope scope, IReadOnlyList<string> codes) => await scope.Execute("""
        delete from recovery_codes where person_id = @person;
        insert into recovery_codes (person_id, hash) select @person, unnest(@hashes)
        """, new { hashes = codes.Select(c => Hash(scope.Person, Digits(c))).ToArray() });

    private static Task<string?> Email(OwnScope scope) => scope.Scalar<string>("select email from persons where person_id = @person");

    private static Enrolment Shown(string? email, byte[] secret) => new(Totp.Text(secret), Totp.KeyUri(Issuer, email ?? "", secret));

    private static List<string> NewCodes() => [.. Enumerable.Range(0, RecoveryCodes).Select(_ =>
        RandomNumberGenerator.GetString(RecoveryAlphabet, RecoveryLength).Insert(RecoveryLength / 2, "-"))];

    private byte[] Hash(Guid person, string code) => sealer.Mac("recovery code", $"{person:N} {code}");

    /// <summary>What was typed without the blanks and hyphens that people put between.</summary>
    private static string Digits(string code) => code.Length > 40 ? "" : code.Replace(" ", "", StringComparison.Ordinal)
        .Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
}
