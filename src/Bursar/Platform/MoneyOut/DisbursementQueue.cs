using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.MoneyOut;

/// <summary>
/// A disbursement whose turn it is, as its queue row and its own tell: enough to know which rail, handle and agent it concerns.
/// </summary>
public sealed record DueDisbursement(BookKey Book, Guid Id, DisbursementKind Kind, string Rail, Guid? HandleId, string? AgentId,
    long Position)
{
    public string? BankCode { get; init; }
}

/// <summary>Wants every disbursement that may go to its rail; the outbox row lives until its outcome is known for good.</summary>
public sealed class DisbursementConsumer(DisbursementShapes shapes) : IConsumer
{
    public const short Id = 1;

    public short Number => Id;

    public bool Wants(OpenBook book, JournalEntry entry) =>
        entry.Type == Disbursing.SentToRail
        || (entry.Public && book.Find(DisbursementTable.Instance, entry.Subject) is { State: DisbursementState.Approved } d
            && d.Version == entry.SubjectVersion && shapes.Of(d.Kind).GoesAtOnce(d));
}

/// <summary>The rows of that consumer: taken with a lease, kept longer, put back or done.</summary>
internal sealed class DisbursementQueue(Database database, TimeProvider time)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan BankAway = TimeSpan.FromMinutes(1);

    public async Task<List<DueDisbursement>> Claim(int most)
    {
        var now = time.NowMicros();
        await using var connection = await database.Queues.OpenConnectionAsync();
        var rows = await connection.QueryAsync<Row>("""
            update outbox o set leased_until = @until, tries = tries + 1
            from (
                select workspace_id, mode, position, subject from outbox
                where consumer = @consumer and due <= @now and (leased_until is null or leased_until <= @now)
                order by due limit @most for update skip locked) d
            join disbursements x on x.workspace_id = d.workspace_id and x.mode = d.mode and x.disbursement_id = d.subject
            where o.workspace_id = d.workspace_id and o.mode = d.mode and o.position = d.position and o.consumer = @consumer
            returning o.workspace_id, o.mode, o.position, x.disbursement_id, x.kind, x.rail, x.handle_id, x.agent_id, x.bank_code
            """, new { consumer = DisbursementConsumer.Id, now, until = now + Lease, most });
        return [.. rows.Select(r => r.Due())];
    }

    /// <summary>Nobody else takes it up before then.</summary>
    public Task Keep(DueDisbursement due, TimeSpan lease) => Execute(due, """
        update outbox set leased_until = @moment where workspace_id = @workspace and mode = @mode and position = @Position
            and consumer = @consumer
        """, lease);

    /// <summary>Its next turn, or null when there is nothing more to do.</summary>
    public Task PutBack(DueDisbursement due, TimeSpan? next) => Execute(due, next is null
        ? "delete from outbox where workspace_id = @workspace and mode = @mode and position = @Position and consumer = @consumer"
        : """
        update outbox set due = @moment, leased_until = null
        where workspace_id = @workspace and mode = @mode and position = @Position and consumer = @consumer
        """, next ?? default);

    /// <summary>Its bank is away: its turn comes when the bank is back, which calls it, or if that call is missed in a minute.</summary>
    public Task PutBackForBank(DueDisbursement due) => Execute(due, $"""
        update outbox set leased_until = null, due = case when (
            with u as (select @workspace as w, @mode as m, @BankCode as b) select x.status from ({BankStatusTable.Rows}) x)
            = 'heavily_disturbed' then @moment else @now end
        where workspace_id = @workspace and mode = @mode and position = @Position and consumer = @consumer
        """, BankAway);

    public async Task<Disbursement> Load(DueDisbursement due)
    {
        await using var connection = await database.Queues.OpenConnectionAsync();
        await using var command = new Npgsql.NpgsqlCommand(
            $"select {DisbursementTable.Columns} from disbursements d where d.workspace_id = $1 and d.mode = $2 and d.disbursement_id = $3", connection);
        command.Parameters.Add(Sql.Value(due.Book.Workspace.Value));
        command.Parameters.Add(Sql.Value((short)due.Book.Mode));
        command.Parameters.Add(Sql.Value(due.Id));
        await using var reader = await command.ExecuteReaderAsync();
        Invariant.Hold(await reader.ReadAsync());
        return DisbursementTable.ReadRow(reader);
    }

    private async Task Execute(DueDisbursement due, string sql, TimeSpan after)
    {
        await using var connection = await database.Queues.OpenConnectionAsync();
        await connection.ExecuteAsync(sql, new
        {
            workspace = due.Book.Workspace.Value,
            mode = (short)due.Book.Mode,
            due.Position,
            due.BankCode,
            consumer = DisbursementConsumer.Id,
            now = time.NowMicros(),
            moment = time.NowMicros() + after,
        });
    }

    private sealed record Row
    {
        public Guid WorkspaceId { get; init; }
        public short Mode { get; init; }
        public long Position { get; init; }
        public Guid DisbursementId { get; init; }
        public required string Kind { get; init; }
        public required string Rail { get; init; }
        public Guid? HandleId { get; init; }
        public string? AgentId { get; init; }
        public string? BankCode { get; init; }

        public DueDisbursement Due() => new(
            new BookKey(new(WorkspaceId), (Mode)Mode), DisbursementId, Json.Parse<DisbursementKind>(Kind), Rail, HandleId, AgentId,
                Position)
        { BankCode = BankCode };
    }
}
