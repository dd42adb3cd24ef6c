using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Payouts.Transfers;
using Dapper;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>
/// Takes batches on: checks them, submits their rows, takes back what failed as a whole, sees when all rows are final. A short step at a
/// time under a lease, so that many batches go side by side and each goes on where it was, whichever process died.
/// </summary>
public sealed class WorkAtBatches(
    Database database, IPosting posting, CheckBatch check, SubmitBatch submit, BatchReads reads, CreateTransfer create,
    PayoutRouting routing, DisbursementShapes shapes, Wakeup wakeup, TimeProvider time) : OutboxPass("working at batches", wakeup)
{
    private const int AtOnce = 4;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ClaimEvery = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LookMax = TimeSpan.FromMinutes(1);

    private readonly List<Task> steps = [];

    protected override async Task<bool> Pass(CancellationToken ct)
    {
        steps.RemoveAll(s => s.IsCompleted);
        if (steps.Count < AtOnce)
            foreach (var (batch, looks) in await Claim(AtOnce - steps.Count, ct)) steps.Add(Advance(batch, looks, ct));
        if (steps.Count == 0) return false;
        // A step that waits for a slow bank holds up its own batch only.
        await Task.WhenAny([.. steps, Task.Delay(ClaimEvery, time, ct)]);
        if (ct.IsCancellationRequested) await Task.WhenAll(steps);
        return true;
    }

    private async Task<List<(Batch Batch, int Looks)>> Claim(int most, CancellationToken ct)
    {
        await using var connection = await database.Queues.OpenConnectionAsync(ct);
        await using var command = new Npgsql.NpgsqlCommand($"""
            update transfer_batches b set due = $2 from (
                select workspace_id, mode, batch_id from transfer_batches where due <= $1 order by due limit {most}
                for update skip locked) d
            where b.workspace_id = d.workspace_id and b.mode = d.mode and b.batch_id = d.batch_id
            returning {BatchTable.Columns}, b.looks
            """, connection);
        command.Parameters.Add(Sql.Value(time.NowMicros()));
        command.Parameters.Add(Sql.Value(time.NowMicros() + Lease));
        await using var reader = await command.ExecuteReaderAsync(ct);
        var claimed = new List<(Batch, int)>();
        while (await reader.ReadAsync(ct)) claimed.Add((BatchTable.ReadRow(reader), reader.GetInt32(29)));
        return claimed;
    }

    private async Task Advance(Batch batch, int looks, CancellationToken ct)
    {
        try
        {
            await PutBack(batch, await Step(batch, looks, ct), looks + 1);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Its lease runs out and it is taken up again where it was.
            await Console.Error.WriteLineAsync($"bursar: batch {batch.Id}: {e.Message}");
        }
    }

    /// <summary>Returns when to come back to a batch that stays where it is; null when nobody needs to.</summary>
    private async Task<TimeSpan?> Step(Batch batch, int looks, CancellationToken ct)
    {
        switch (batch.State)
        {
            case BatchState.Checking:
                await check.Step(batch, ct);
                return TimeSpan.Zero;
            case BatchState.Ready when batch.Submits:
                var started = await submit.Start(batch.Maker, batch);
                if (!started.Ok && started.Error.Code.Status != 503)
                    await posting.Submit(new FailBatch(SystemOf(batch), batch.Id, BatchState.Failed, started.Error));
                return TimeSpan.FromSeconds(1);
            case BatchState.Submitting:
                await SubmitSlice(batch);
                return TimeSpan.Zero;
            case BatchState.Failing:
                await TakeBack(batch);
                return TimeSpan.Zero;
            case BatchState.Submitted:
                return await IsFinal(batch) ? await Complete(batch)
                    : TimeSpan.FromSeconds(Math.Min(LookMax.TotalSeconds, 1 << Math.Min(looks, 6)));
            default:
                return null;
        }
    }

    private async Task SubmitSlice(Batch batch)
    {
        var lines = await Read(batch, $"""
            select {BatchLineTable.Columns} from batch_rows r
            where r.workspace_id = $1 and r.mode = $2 and r.batch_id = $3 and r.disbursement_id is null and r.refusal is null
            order by r.line limit {SubmitRows.SliceMax}
            """, BatchLineTable.ReadRow);
        var rails = await routing.Rails();
        var rows = lines.ConvertAll(l =>
            new WantedRow(l.Line, create.Parse(batch.Maker, l.Request, rails).Map(o => o with { RecipientName = l.Holder })));
        var answer = await posting.Submit(new SubmitRows(batch.Maker, batch.Id, rows, shapes) { Needs = Permission.CreateTransactions });
        if (answer.Ok || answer.Error.Code == Errors.StateConflict || answer.Error.Code.Status >= 500) return;
        if (batch.Way == BatchMode.Atomic)
            await posting.Submit(new FailBatch(SystemOf(batch), batch.Id, BatchState.Failing, answer.Error));
        else await posting.Submit(new RefuseRows(SystemOf(batch), batch.Id, lines.ConvertAll(l => l.Line), answer.Error));
    }

    /// <summary>Cancels a slice of what was asked for; when nothing is left of it, the batch has failed.</summary>
    private async Task TakeBack(Batch batch)
    {
        var open = await Read(batch, $"""
            select d.disbursement_id, d.approval_id from batch_rows r join disbursements d
                on d.workspace_id = r.workspace_id and d.mode = r.mode and d.disbursement_id = r.disbursement_id
            where r.workspace_id = $1 and r.mode = $2 and r.batch_id = $3 and d.state in ('pending_approval', 'approved')
            limit {SubmitRows.SliceMax}
            """, r => (Id: r.GetGuid(0), Approval: r.GuidOrNull(1)));
        if (open.Count == 0) await posting.Submit(new FailBatch(SystemOf(batch), batch.Id, BatchState.Failed));
        else await Task.WhenAll(open.Select(d => posting.Submit(
            new CancelDisbursement(SystemOf(batch), DisbursementKind.MoneyTransfer, d.Id, d.Approval, shapes))));
    }

    private async Task<bool> IsFinal(Batch batch) => (await Read(batch, """
        select 1 from batch_rows r join disbursements d
            on d.workspace_id = r.workspace_id and d.mode = r.mode and d.disbursement_id = r.disbursement_id
        where r.workspace_id = $1 and r.mode = $2 and r.batch_id = $3
            and d.state in ('pending_approval', 'approved', 'executing', 'unknown') limit 1
        """, _ => true)).Count == 0;

    private async Task<TimeSpan?> Complete(Batch batch)
    {
        await posting.Submit(new CompleteBatch(SystemOf(batch), batch.Id, await reads.Tallies(batch)));
        return TimeSpan.FromSeconds(1);
    }

    private async Task<List<T>> Read<T>(Batch batch, string sql, Func<Npgsql.NpgsqlDataReader, T> row)
    {
        await using var connection = await database.Queues.OpenConnectionAsync();
        await using var command = new Npgsql.NpgsqlCommand(sql, connection);
        command.Parameters.Add(Sql.Value(batch.Maker.Book.Workspace.Value));
        command.Parameters.Add(Sql.Value((short)batch.Maker.Book.Mode));
        command.Parameters.Add(Sql.Value(batch.Id));
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync()) rows.Add(row(reader));
        return rows;
    }

    /// <summary>Only while it is where this step found it: a change of state has said itself when to look.</summary>
    private async Task PutBack(Batch batch, TimeSpan? next, int looks)
    {
        await using var connection = await database.Queues.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            update transfer_batches set due = @due, looks = @looks
            where workspace_id = @workspace and mode = @mode and batch_id = @id and state = @state
            """, new
        {
            due = next is { } after ? time.NowMicros() + after : (DateTimeOffset?)null,
            looks,
            workspace = batch.Maker.Book.Workspace.Value,
            mode = (short)batch.Maker.Book.Mode,
            id = batch.Id,
            state = Json.Name(batch.State),
        });
    }

    private Actor SystemOf(Batch batch) => Actor.System(batch.Maker.Book, "Bursar", RequestId.New(time.GetUtcNow()));
}
