using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;
using Npgsql;

namespace Bursar.Platform.Access;

/// <summary>Makes a workspace: its first Admin, a book for each mode with its chart of accounts, and the first journal entry of each.</summary>
public sealed class WorkspaceSetup(Database database, Passwords passwords, TimeProvider time)
{
    /// <summary>What came in from outside may be debited without end; everything else may not go below zero.</summary>
    private const long NoLimit = 1_000_000_000_000_000_000;

    private static readonly (AccountCode Code, string Currency, long Limit)[] Chart =
    [
        (AccountCode.Funding, "IDR", NoLimit), (AccountCode.Deposit, "IDR", 0), (AccountCode.Collected, "IDR", 0),
        (AccountCode.Token, "IDRT", 0), (AccountCode.Payouts, "IDR", 0), (AccountCode.Fees, "IDR", 0),
    ];

    public async Task<Result<(WorkspaceId Workspace, Actor Admin)>> Create(string name, string email, string adminName, string password, bool liveActive, string plan)
    {
        if (PlainText.Problem(name, 1, 80) is { } problem) return Errors.Field("/name", "invalid", problem);
        if (PlainText.Email(email) is not { } address) return Errors.Field("/email", "invalid", "This is no e-mail address.");
        if (passwords.Problem(password) is { } weak) return Errors.Field("/password", "weak", weak);
        // Hashing is slow on purpose: done before a connection is taken, so that many at once do not drain the pool.
        var hash = passwords.Hash(password);
        var now = time.NowMicros();
        var workspace = WorkspaceId.New(now);
        var member = MemberId.New(now);
        await using var connection = await database.Engine.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("""
            insert into workspaces (workspace_id, name, plan, live_active, created_at) values (@id, @name, @plan, @liveActive, @now)
            """, new { id = workspace.Value, name, plan, liveActive, now });
        var person = await Person(connection, address, adminName, hash, now);
        await connection.ExecuteAsync("""
            insert into members (workspace_id, member_id, person_id, role, state, created_at) values (@workspace, @member, @person, 'admin', 'active', @now)
            """, new { workspace = workspace.Value, member = member.Value, person, now });
        var actor = new Actor(new BookKey(workspace, Mode.Test), PrincipalKind.Member, member.Value, member.Value, person, adminName,
            Roles.Allows(Role.Admin), "", RequestId.New(now)) { Proved = Proof.Console };
        foreach (var mode in new[] { Mode.Test, Mode.Live }) await OpenBook(connection, new BookKey(workspace, mode), actor, name, now);
        await transaction.CommitAsync();
        return (workspace, actor);
    }

    /// <summary>The person of an e-mail address; a new one gets the name and password hash.</summary>
    public async Task<Guid> Person(NpgsqlConnection connection, string email, string name, string hash, DateTimeOffset now) =>
        await connection.ExecuteScalarAsync<Guid?>("select person_id from persons where email = @email", new { email })
        ?? await connection.ExecuteScalarAsync<Guid>("""
            insert into persons (person_id, email, name, password_hash, created_at) values (@id, @email, @name, @hash, @now) returning person_id
            """, new { id = Guid.CreateVersion7(now), email, name, hash, now });

    private static async Task OpenBook(NpgsqlConnection connection, BookKey key, Actor actor, string name, DateTimeOffset now)
    {
        var book = new LockedBook(key, now, 1, 0, new byte[32]);
        var entry = JournalEntry.Append(book, EventId.New(now), "workspace.created", false, key.Workspace.Value, 1, actor with { Book = key }, Json.Write(new { name }));
        await connection.ExecuteAsync("""
            insert into books (workspace_id, mode, last_booked_at, control_version, journal_position, journal_head)
            values (@workspace, @mode, @now, 1, @position, @head)
            """, new { workspace = key.Workspace.Value, mode = (short)key.Mode, now, position = book.Position, head = book.Head });
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(JournalEntry.Insert([entry]));
        await batch.ExecuteNonQueryAsync();
        foreach (var (code, currency, limit) in Chart)
            await connection.ExecuteAsync("""
                insert into accounts (workspace_id, mode, account_id, code, currency, credit_limit) values (@workspace, @mode, @id, @code, @currency, @limit)
                """, new { workspace = key.Workspace.Value, mode = (short)key.Mode, id = AccountId.New(now).Value, code = (short)code, currency, limit });
    }
}
