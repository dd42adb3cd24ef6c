using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>
/// POST /v1/transfer-batches/{id}/decision: a member's verdict over all rows that wait, or some of them. Each row's approval is decided by
/// itself, by the rules of a single one, and answers for itself.
/// </summary>
public sealed class DecideBatch(
    IPosting posting, Database database, BatchReads reads, BatchQueue queue, DisbursementShapes shapes, MoneyCodes codes)
{
    public enum Verdict { Approve, Reject }

    /// <summary><paramref name="Rows"/>: lines of the file; all that wait when absent.</summary>
    public sealed record Request(Verdict Verdict, string ContentHash, string? Note = null, IReadOnlyList<int>? Rows = null);

    /// <summary>Rows decided, with what they come to, those that need more people, and why others were not.</summary>
    public sealed record Response(BatchId Id, int Decided, long Amount, int StillWaiting, IReadOnlyList<RowError> Refused);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/transfer-batches/{id}/decision", (HttpContext http, string id, DecideBatch slice) =>
            Api.Call<Request, Response>(http, (actor, request) => slice.Handle(actor, id, request)))
            .Describe<Request, Response>("Decide a transfer batch",
                new Request(Verdict.Approve, new string('0', 64), "Seen the list", [2, 3]));

    public async Task<Result<Response>> Handle(Actor actor, string id, Request request)
    {
        if (actor.Kind != PrincipalKind.Member || actor.Require(Permission.ApproveTransactions) is not null)
            return Errors.Denied(Permission.ApproveTransactions);
        if (request.Note is not null && PlainText.Problem(request.Note, 1, 500) is { } note) return Errors.Field("/note", "invalid", note);
        if (!BatchId.TryParse(id, out var parsed) || await reads.Find(actor.Book, parsed) is not { } batch) return Errors.Missing();
        if (request.ContentHash != batch.ContentHash())
            return new Error(Errors.VersionMismatch, "What you were shown is not what would be paid. Look at it again.")
                .With("currentVersion", batch.ContentHash());
        if (batch.State != BatchState.Submitted)
            return new Error(Errors.StateConflict, "Only a batch that is submitted can be decided.").With("state", batch.State);
        if (request.Rows is { Count: 0 }) return new Error(Errors.StateConflict, "Nothing is selected.");
        var waiting = await Waiting(batch, request.Rows);
        Phrase Act() => $"approve {MoneyText.Full(Money.Idr(waiting.Sum(w => w.Approval.Amount)))} in {waiting.Count} transfers";
        if (request.Verdict == Verdict.Approve && await codes.Ask(actor, Act) is { } unproved) return unproved;
        return await Decide(actor, batch, waiting, request);
    }

    private async Task<Result<Response>> Decide(Actor actor, Batch batch, IReadOnlyList<Row> waiting, Request request)
    {
        var refused = (request.Rows ?? []).Distinct().Except(waiting.Select(w => w.Line))
            .Select(line => new RowError(line, null, Errors.AlreadyResolved.Code, "This row does not wait for approval.")).ToList();
        var (decided, amount, voted) = (0, 0L, 0);
        foreach (var slice in waiting.Chunk(SubmitRows.SliceMax))
        {
            var answers = await Task.WhenAll(slice.Select(row => posting.Submit(
                new DecideApproval(actor, new(row.Approval.ApprovalId), row.Approval.Subject, request.Verdict == Verdict.Approve,
                    request.Note, row.Approval.ContentHash, shapes) { Needs = Permission.ApproveTransactions })));
            foreach (var (row, answer) in slice.Zip(answers))
                if (!answer.Ok) refused.Add(new RowError(row.Line, null, answer.Error.Code.Code, answer.Error.Detail));
                else if (answer.Value.Value.State == ApprovalState.Pending) voted++;
                else (decided, amount) = (decided + 1, amount + row.Approval.Amount);
            // What holds for every row is said once: whoever asked for the batch approves none of it.
            if (decided + voted == 0 && answers.All(a => a.Error.Code == answers[0].Error.Code)) return answers[0].Error;
        }
        await queue.LookAt(batch);
        return new Response(new(batch.Id), decided, amount, voted, refused);
    }

    /// <summary>Two plain reads put together here: a join may keep a plan of the time when both tables were small.</summary>
    private async Task<IReadOnlyList<Row>> Waiting(Batch batch, IReadOnlyList<int>? lines)
    {
        var args = BatchReads.Of(batch.Maker.Book, batch.Id);
        var approvals = await database.Query<Waits>(batch.Maker.Book, """
            select approval_id, subject, amount, content_hash from approvals
            where workspace_id = @workspace and mode = @mode and batch_id = @id and state = 'pending'
            """, args);
        var rows = await database.Query<(int Line, Guid Transfer)>(batch.Maker.Book, """
            select line, disbursement_id from batch_rows
            where workspace_id = @workspace and mode = @mode and batch_id = @id and disbursement_id is not null
            """, args);
        var lineOf = rows.ToDictionary(r => r.Transfer, r => r.Line);
        var wanted = lines?.ToHashSet();
        return [.. approvals.Select(a => new Row(lineOf[a.Subject], a)).Where(r => wanted?.Contains(r.Line) ?? true).OrderBy(r => r.Line)];
    }

    private sealed record Row(int Line, Waits Approval);

    private sealed record Waits
    {
        public Guid ApprovalId { get; init; }
        public Guid Subject { get; init; }
        public long Amount { get; init; }
        public required string ContentHash { get; init; }
    }
}
