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

/// <summary>What a room puts into every new book, in the transaction that makes it: the payment handle a workspace starts with.</summary>
public interface IBookStart
{
    Task Open(NpgsqlConnection connection, BookKey book, DateTimeOffset now);
}

/// <summary>
/// Makes a workspace: its first Admin, a book for each mode with its chart of accounts, and the first journal entry of each.
/// </summary>
public sealed class WorkspaceSetup(Database database, Passwords passwords, IEnumerable<IBookStart> starts, TimeProvider time)
{
    /// <summary>What came in from outside may be debited without end; everything else may not go below zero.</summary>
    private const long NoLimit = 1_000_000_000_000_000_000;

    private static readonly (AccountCode Code, string Currency, long Limit)[] Chart =
    [
        (AccountCode.Funding, "IDR", NoLimit), (AccountCode.Deposit, "IDR", 0), (AccountCode.Collected, "IDR", 0),
        (AccountCode.Token, "IDRT", 0), (AccountCode.Payouts, "IDR", 0), (AccountCode.Fees, "IDR", 0),
    ];

    private static readonly (AccountCode Code, string Currency, long Limit)[] HouseChart =
    [
        (AccountCode.StatementClearing, "IDR", NoLimit), (AccountCode.Suspense, "IDR", 0), (AccountCode.Customers, "IDR", 0),
        (AccountCode.Returns, "IDR", 0), (AccountCode.PaidOut, "IDR", NoLimit), (AccountCode.BankCharges, "IDR", NoLimit),
        (AccountCode.OwnTransfers, "IDR", NoLimit),
    ];

    public async Task<Result<(WorkspaceId Workspace, Actor Admin)>> Create(
        string name, string email, string adminName, string password, bool liveActive, string plan)
    {
        if (PlainText.Problem(name, 1, 80) is { } problem) return Errors.Field("/name", "invalid", problem);
        if (PlainText.Email(email) is not { } address) return Errors.Field("/email", "invalid", "This is no e-mail address.");
        if (passwords.Problem(password) is { } weak) return Errors.Field("/password", "weak", weak);
        // Hashing is slow on purpose: done before a connection is taken, so that many at once do not drain the pool.
        var hash = await passwords.Hash(password);
        var now = time.NowMicros();
        var workspace = WorkspaceId.New(now);
        var member = MemberId.New(now);
        await using var connection = await database.Engine.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var person = await Person(connection, address, adminName, hash, now);
        if (person is not { } admin)
            return new Error(Errors.StateConflict, "This person is an operator. An operator belongs to no workspace.");
        var actor = new Actor(new BookKey(workspace, Mode.Test), PrincipalKind.Member, member.Value, member.Value, admin, adminName,
            Roles.Allows(Role.Admin), "", RequestId.New(now))
        { Proved = Proof.Console };
        await Open(connection, actor, name, liveActive, plan, now);
        await connection.ExecuteAsync("""
            insert into members (workspace_id, member_id, person_id, role, state, created_at)
            values (@workspace, @member, @admin, 'admin', 'active', @now)
            """, new { workspace = workspace.Value, member = member.Value, admin, now });
        await transaction.CommitAsync();
        return (workspace, actor);
    }

    /// <summary>
    /// Writes the actor's workspace and its two books on a connection in its transaction.
    /// <paramref name="first"/> are public facts of the actor's book, after that of the workspace itself.
    /// </summary>
    public async Task Open(NpgsqlConnection connection, Actor actor, string name, bool liveActive, string plan, DateTimeOffset now,
        params IReadOnlyList<(string Type, Guid Subject, object Data)> first)
    {
        // Shared: a change of the plan waits, and then finds the workspace among those that have it.
        Invariant.Hold(await connection.ExecuteAsync("""
            insert into workspaces (workspace_id, name, plan, live_active, created_at)
            select @id, @name, p.name, @liveActive, @now from plans p where p.name = @plan for share
            """, new { id = actor.Book.Workspace.Value, name, plan, liveActive, now }) == 1);
        foreach (var mode in new[] { Mode.Test, Mode.Live })
        {
            var key = actor.Book with { Mode = mode };
            await OpenBook(connection, actor with { Book = key }, name, Chart, now, mode == actor.Book.Mode ? first : []);
            foreach (var start in starts) await start.Open(connection, key, now);
        }
    }

    /// <summary>Writes the operator's own workspace, which has no members, and its books.</summary>
    public static async Task OpenHouse(NpgsqlConnection connection, WorkspaceId house, DateTimeOffset now)
    {
        await connection.ExecuteAsync(
            "insert into workspaces (workspace_id, name, created_at) values (@id, 'House', @now)", new { id = house.Value, now });
        foreach (var mode in new[] { Mode.Test, Mode.Live })
            await OpenBook(connection, Actor.System(new BookKey(house, mode), "Bursar", RequestId.New(now)), "House", HouseChart, now, []);
    }

    /// <summary>Adds a bank account to the house ledger; one that is there stays.</summary>
    public static Task AddHouseBank(NpgsqlConnection connection, BookKey house, short number, DateTimeOffset now) =>
        AddAccount(connection, house, AccountCodes.Bank(number), "IDR", NoLimit, now);

    /// <summary>The person of an e-mail address; a new one gets the name and password hash. Null for an operator.</summary>
    private static async Task<Guid?> Person(NpgsqlConnection connection, string email, string name, string hash, DateTimeOffset now)
    {
        await connection.ExecuteAsync("""
            insert into persons (person_id, email, name, password_hash, created_at) values (@id, @email, @name, @hash, @now)
            on conflict (email) do nothing
            """, new { id = Guid.CreateVersion7(now), email, name, hash, now });
        return await connection.ExecuteScalarAsync<Guid?>(
            "select person_id from persons where email = @email and not operator", new { email });
    }

    private static async Task OpenBook(
        NpgsqlConnection connection, Actor actor, string name, (AccountCode Code, string Currency, long Limit)[] chart, DateTimeOffset now,
        IReadOnlyList<(string Type, Guid Subject, object Data)> first)
    {
        var key = actor.Book;
        var book = new LockedBook(key, now, 1, 0, new byte[32]);
        List<JournalEntry> entries =
            [JournalEntry.Append(book, EventId.New(now), "workspace.created", false, key.Workspace.Value, 1, actor,
                Json.Write(new { name }))];
        foreach (var (type, subject, data) in first)
            entries.Add(JournalEntry.Append(book, EventId.New(now), type, true, subject, 1, actor, Json.Write(data)));
        await connection.ExecuteAsync("""
            insert into books (workspace_id, mode, last_booked_at, control_version, journal_position, journal_head)
            values (@workspace, @mode, @now, 1, @position, @head)
            """, new { workspace = key.Workspace.Value, mode = (short)key.Mode, now, position = book.Position, head = book.Head });
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(JournalEntry.Insert(entries));
        await batch.ExecuteNonQueryAsync();
        foreach (var (code, currency, limit) in chart) await AddAccount(connection, key, code, currency, limit, now);
    }

    private static Task AddAccount(
        NpgsqlConnection connection, BookKey book, AccountCode code, string currency, long limit, DateTimeOffset now) =>
        connection.ExecuteAsync("""
            insert into accounts (workspace_id, mode, account_id, code, currency, credit_limit)
            values (@workspace, @mode, @id, @code, @currency, @limit) on conflict (workspace_id, mode, code) do nothing
            """,
            new
            {
                workspace = book.Workspace.Value,
                mode = (short)book.Mode,
                id = AccountId.New(now).Value,
                code = (short)code,
                currency,
                limit,
            });
}
