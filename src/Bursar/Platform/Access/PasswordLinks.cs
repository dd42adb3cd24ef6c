using System.Threading.RateLimiting;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Signing;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Messages;
using Dapper;
using Npgsql;

namespace Bursar.Platform.Access;

/// <summary>
/// Forgotten passwords: a link by e-mail, good once within 30 minutes, kept as SHA-256, which ends every session. Asking writes the same
/// row and answers the same whether or not the account exists; a worker finds out later.
/// </summary>
public sealed class PasswordLinks(
    Database database, MessageQueue messages, SiteAddress site, Passwords passwords, Posting posting, TimeProvider time) : IDisposable
{
    private const int AsksPerAddress = 20;
    private const int LinksPerHour = 3;
    private const int AsksAtOnce = 20;
    private static readonly TimeSpan AsksWindow = TimeSpan.FromMinutes(15);
    public static readonly TimeSpan Life = TimeSpan.FromMinutes(30);

    private readonly PartitionedRateLimiter<string> asking = PartitionedRateLimiter.Create<string, string>(peer =>
        RateLimitPartition.GetFixedWindowLimiter(peer,
        _ => new FixedWindowRateLimiterOptions { PermitLimit = AsksPerAddress, Window = AsksWindow }));

    /// <summary>
    /// Notes that somebody asked; refused only where too many asks came from this address, or where the text is no address at all.
    /// </summary>
    public async Task<Error?> Ask(string email, string peer)
    {
        if (PlainText.Email(email) is not { } address) return Errors.Field("/email", "invalid", "This is no e-mail address.");
        using var lease = asking.AttemptAcquire(peer);
        if (!lease.IsAcquired) return new Error(Errors.RateLimited, "Too many tries. Wait 15 minutes, then try again.")
            .With("retryAfter", (int)AsksWindow.TotalSeconds);
        await using var connection = await database.Engine.OpenConnectionAsync();
        await connection.ExecuteAsync("insert into password_asks (ask_id, email, peer, asked_at) values (@id, @address, @peer, @now)",
            new { id = Guid.CreateVersion7(time.GetUtcNow()), address, peer, now = time.NowMicros() });
        return null;
    }

    /// <summary>Sends links to those who exist, three an hour at most; true when more may be waiting.</summary>
    public async Task<bool> SendWaiting()
    {
        var now = time.NowMicros();
        await using var connection = await database.Engine.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var asks = (await connection.QueryAsync<string>("""
            delete from password_asks where ask_id in (select ask_id from password_asks order by ask_id limit @AsksAtOnce
                for update skip locked) returning email
            """, new { AsksAtOnce })).AsList();
        foreach (var email in asks.Distinct())
        {
            var text = LinkToken.New();
            var made = await connection.ExecuteAsync("""
                insert into password_links (hash, person_id, created_at)
                select @hash, p.person_id, @now from persons p where p.email = @email and p.password_hash is not null
                    and (select count(*) from password_links l where l.person_id = p.person_id and l.created_at > @hourAgo) < @LinksPerHour
                """, new { hash = LinkToken.Hash(text), email, now, hourAgo = now - TimeSpan.FromHours(1), LinksPerHour });
            if (made == 1)
                await messages.Send(connection, OutgoingMessage.Mail(
                    await Readers.Of(connection, email), email, "Choose a new password", $"""
                    Somebody asked for a new password for your Bursar account. If it was you, choose one within 30 minutes:

                    {site.To("/new-password/" + text)}

                    If it was not you, nothing has changed and you need not do anything.
                    """) with
                { Life = Life });
        }
        await transaction.CommitAsync();
        return asks.Count == AsksAtOnce;
    }

    public async Task<bool> Holds(string token)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<bool>(
            "select exists (select from password_links where hash = @hash and created_at > @since)",
            new { hash = LinkToken.Hash(token), since = time.NowMicros() - Life });
    }

    /// <summary>Uses the link up: the new password holds, every session ends, waits after wrong tries end too.</summary>
    public async Task<Result<bool>> Use(string token, string password, Caller caller)
    {
        if (passwords.Problem(password) is { } weak) return Errors.Field("/password", "weak", weak);
        if (!await Holds(token)) return Gone();
        var hash = await passwords.Hash(password);
        Guid person;
        await using (var connection = await database.Engine.OpenConnectionAsync())
        {
            await using var transaction = await connection.BeginTransactionAsync();
            var found = await connection.ExecuteScalarAsync<Guid?>(
                "delete from password_links where hash = @token and created_at > @since returning person_id",
                new { token = LinkToken.Hash(token), since = time.NowMicros() - Life });
            if (found is null) return Gone();
            person = found.Value;
            var email = (await connection.ExecuteScalarAsync<string>("""
                delete from password_links where person_id = @person;
                update persons set password_hash = @hash where person_id = @person returning email
                """, new { person, hash }))!;
            await Sessions.EndAll(connection, person);
            await SignInTries.Clear(connection, email);
            await messages.Send(connection, await Changed(connection, email));
            await transaction.CommitAsync();
        }
        foreach (var actor in await RefusedSignIns.Everywhere(database, person, caller))
            await posting.Submit(new RecordFact(actor, "member.password_reset", actor.Principal, new { }));
        return true;
    }

    /// <summary>The news that goes with every new password: whoever did not choose it must hear of it.</summary>
    public static async Task<OutgoingMessage> Changed(NpgsqlConnection connection, string email) => OutgoingMessage.Mail(
        await Readers.Of(connection, email), email, "Your password was changed",
        "Your Bursar password was changed, and your other sessions have ended. "
        + "If it was not you, ask for a new password at once and tell your Admin.");

    /// <summary>Longer than a link lives: they count how many a person got in an hour.</summary>
    public static readonly Retention Kept = new(TimeSpan.FromHours(1), """
        delete from password_links where hash in (select hash from password_links where created_at < @before limit @most)
        """);

    private static Error Gone() => new(Errors.Expired, "This link has expired or was used already. Ask for a new one.");

    public void Dispose() => asking.Dispose();
}

/// <summary>Sends the links that were asked for.</summary>
public sealed class SendPasswordLinks(PasswordLinks links, TimeProvider time)
    : PeriodicPass("password links", TimeSpan.FromSeconds(1), time)
{
    protected override async Task Pass(CancellationToken ct)
    {
        while (await links.SendWaiting()) ct.ThrowIfCancellationRequested();
    }
}
