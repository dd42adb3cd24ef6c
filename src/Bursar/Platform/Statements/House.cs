using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyIn;
using Dapper;

namespace Bursar.Platform.Statements;

/// <summary>
/// The operator's own workspace: one book a mode, in which stands what the banks say (docs/ledger.md). Its commands go through a lane of
/// its own, so that a long statement holds up nobody's payment.
/// </summary>
public sealed class House(
    Database database, FactCache facts, IEnumerable<IConsumer> consumers, Admission admission, Wakeup wakeup, TimeProvider time)
    : IAsyncDisposable
{
    /// <summary>The same in every installation.</summary>
    public static readonly WorkspaceId Id = new(new Guid("00000000-0000-7000-8000-000000000001"));

    private readonly Posting lane = new(database, facts, consumers, admission, wakeup, time);

    public static BookKey Book(Mode mode) => new(Id, mode);

    /// <summary>In the house's journal an operator, or a worker, is the system with a name.</summary>
    public Actor Worker(Mode mode) => Actor.System(Book(mode), "Bursar", RequestId.New(time.GetUtcNow()));

    public Task<Result<Answer<T>>> Submit<T>(Command<T> command) where T : class => lane.Submit(command);

    /// <summary>Makes the house's books where there are none yet, and the ledger account of the bank account.</summary>
    public async Task Open(ReceivingAccount account)
    {
        var now = time.NowMicros();
        await using var connection = await database.Engine.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("select pg_advisory_xact_lock(hashtext('bursar house'))");
        if (!await connection.ExecuteScalarAsync<bool>(
            "select exists (select from workspaces where workspace_id = @id)", new { id = Id.Value }))
            await WorkspaceSetup.OpenHouse(connection, Id, now);
        await WorkspaceSetup.AddHouseBank(connection, Book(account.Mode), account.Number, now);
        await transaction.CommitAsync();
    }

    public ValueTask DisposeAsync() => lane.DisposeAsync();
}
