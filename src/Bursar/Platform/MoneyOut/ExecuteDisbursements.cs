using Bursar.Core.Access;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.MoneyOut;

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

/// <summary>
/// Takes approved disbursements to their rails: claim (attempt row first), submit, record. An order that was handed to a rail is only
/// ever asked about afterwards: unknown and accepted ones by schedule, those of a process that died when their lease has run out.
/// </summary>
public sealed class ExecuteDisbursements(
    Database database, Posting posting, IEnumerable<IPayoutRail> rails, DisbursementShapes shapes, Wakeup wakeup,
    TimeProvider time) : BackgroundService
{
    private const int AtOnce = 128;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan SubmitMax = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan[] AskAgain =
        [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30)];

    private readonly Dictionary<string, IPayoutRail> rails = rails.ToDictionary(r => r.Name);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var signal = wakeup.Next;
            try
            {
                var due = await Claim();
                if (due.Count > 0)
                {
                    await Task.WhenAll(due.Select(row => Advance(row, stoppingToken)));
                    if (due.Count == AtOnce) continue;
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                await Console.Error.WriteLineAsync($"bursar: executing disbursements: {e.Message}");
                await Task.Delay(TimeSpan.FromSeconds(1), stoppingToken);
            }
            try { await Wakeup.Wait(signal, stoppingToken); }
            catch (OperationCanceledException) { return; }
        }
    }

    private async Task<List<Row>> Claim()
    {
        var now = time.NowMicros();
        await using var connection = await database.Queues.OpenConnectionAsync();
        return (await connection.QueryAsync<Row>("""
            update outbox o set leased_until = @until, tries = tries + 1
            from (
                select workspace_id, mode, position from outbox
                where consumer = @consumer and due <= @now and (leased_until is null or leased_until <= @now)
                order by due limit @most for update skip locked) d
            where o.workspace_id = d.workspace_id and o.mode = d.mode and o.position = d.position and o.consumer = @consumer
            returning o.workspace_id, o.mode, o.position, o.subject, o.tries
            """, new { consumer = DisbursementConsumer.Id, now, until = now + Lease, most = AtOnce })).AsList();
    }

    private async Task Advance(Row row, CancellationToken ct)
    {
        try
        {
            var next = await Step(row, ct);
            await Reschedule(row, next);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The lease runs out and the row is taken up again: what was handed over is then asked about, never sent again.
            await Console.Error.WriteLineAsync($"bursar: disbursement {row.Subject}: {e.Message}");
        }
    }

    /// <summary>One step; returns when to come back, or null when there is nothing more to do.</summary>
    private async Task<TimeSpan?> Step(Row row, CancellationToken ct)
    {
        var book = new BookKey(new(row.WorkspaceId), (Mode)row.Mode);
        var actor = Actor.System(book, "Bursar", RequestId.New(time.GetUtcNow()));
        var claimed = await posting.Submit(new ClaimDisbursement(actor, row.Subject, shapes));
        if (claimed.Ok)
        {
            var answer = await Ask(book, claimed.Value.Value, (rail, order, token) => rail.Submit(order, token), ct);
            return await Record(actor, row.Subject, answer, toQuery: false);
        }
        if (claimed.Error.Code != Errors.StateConflict) return claimed.Error.Code == Errors.NotFound ? null : TimeSpan.FromSeconds(1);
        var state = (DisbursementState)claimed.Error.Extra["state"]!;
        if (state is not (DisbursementState.Executing or DisbursementState.Unknown or DisbursementState.Succeeded)) return null;
        var known = await Load(book, row.Subject);
        if (state == DisbursementState.Executing && known.Queries == 0)
            await posting.Submit(new RecordAnswer(actor, row.Subject, new RailAnswer(RailVerdict.Unknown), false, shapes));
        var told = await Ask(book, known, (rail, order, token) => rail.Query(order, known.Queries + 1, token), ct);
        return await Record(actor, row.Subject, told, toQuery: true);
    }

    private async Task<RailAnswer> Ask(
        BookKey book, Disbursement d, Func<IPayoutRail, PayoutOrder, CancellationToken, Task<RailAnswer>> ask, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(SubmitMax);
        try
        {
            var order = new PayoutOrder(
                book, d.Id.ToString("N"), d.Amount, d.Currency, d.BankCode ?? "", d.AccountNumber ?? "", d.Remark, d.CreatedAt);
            return await ask(rails[d.Rail], order, limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"bursar: rail {d.Rail} gave no answer for {d.Id}: {e.GetType().Name}");
            return new RailAnswer(RailVerdict.Unknown);
        }
    }

    private async Task<TimeSpan?> Record(Actor actor, Guid id, RailAnswer answer, bool toQuery)
    {
        var recorded = await posting.Submit(new RecordAnswer(actor, id, answer, toQuery, shapes));
        if (!recorded.Ok) return TimeSpan.FromSeconds(1);
        var d = recorded.Value.Value;
        if (d.State is DisbursementState.Executing or DisbursementState.Unknown) return AskAgain[Math.Min(d.Queries, AskAgain.Length - 1)];
        return d.State == DisbursementState.Succeeded && !toQuery ? answer.AskAgainAfter : null;
    }

    private async Task<Disbursement> Load(BookKey book, Guid id)
    {
        await using var connection = await database.Queues.OpenConnectionAsync();
        await using var command = new Npgsql.NpgsqlCommand(
            $"""
            select {DisbursementTable.Columns} from disbursements d
            where d.workspace_id = $1 and d.mode = $2 and d.disbursement_id = $3
            """, connection);
        command.Parameters.Add(Sql.Value(book.Workspace.Value));
        command.Parameters.Add(Sql.Value((short)book.Mode));
        command.Parameters.Add(Sql.Value(id));
        await using var reader = await command.ExecuteReaderAsync();
        Invariant.Hold(await reader.ReadAsync());
        return DisbursementTable.ReadRow(reader);
    }

    private async Task Reschedule(Row row, TimeSpan? next)
    {
        await using var connection = await database.Queues.OpenConnectionAsync();
        await connection.ExecuteAsync(next is null
            ? """
            delete from outbox
            where workspace_id = @WorkspaceId and mode = @Mode and position = @Position and consumer = @consumer
            """
            : """
            update outbox set due = @due, leased_until = null
            where workspace_id = @WorkspaceId and mode = @Mode and position = @Position and consumer = @consumer
            """,
            new
            {
                row.WorkspaceId,
                row.Mode,
                row.Position,
                consumer = DisbursementConsumer.Id,
                due = time.NowMicros() + (next ?? default),
            });
    }

    private sealed record Row
    {
        public Guid WorkspaceId { get; init; }
        public short Mode { get; init; }
        public long Position { get; init; }
        public Guid Subject { get; init; }
        public int Tries { get; init; }
    }
}
