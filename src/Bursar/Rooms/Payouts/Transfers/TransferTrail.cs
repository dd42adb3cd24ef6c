using Bursar.Core.Access;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.Transfers;

/// <summary>What happened to one transfer, by whom and when: from the journal, and from the attempts for the moment it left.</summary>
public sealed class TransferTrail(Database database)
{
    /// <param name="family">What its events begin with.</param>
    /// <param name="failure">How a reason of its failure reads.</param>
    public async Task<IReadOnlyList<Step>> Steps(
        BookKey book, Transfer t, string family = "transfer", Func<string?, string>? failure = null)
    {
        var trail = await database.Query<Entry>(book, """
            select split_part(type, '.', 2) as type, booked_at as at, actor_name as actor from journal
            where workspace_id = @workspace and mode = @mode and subject = @id and type like @events
            union all
            select 'sent', started_at, rail from attempts where workspace_id = @workspace and mode = @mode and disbursement_id = @id
                and number = 1
            order by at limit 50
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, id = t.Id.Value, events = family + ".%" });
        Entry? Find(string word) => trail.FirstOrDefault(e => e.Type == word);
        var via = t.CreatedVia == "api" ? "By API" : "In the dashboard";
        var steps = new List<Step> { new("Created", StepState.Done, t.CreatedAt, t.MakerName, via), Approval(t, Find) };
        if (t.State is DisbursementState.Rejected or DisbursementState.Expired) return steps;
        if (t.State == DisbursementState.Cancelled)
        {
            var cancelled = Find("cancelled");
            steps.Add(new Step("Cancelled", StepState.Failed, cancelled?.At ?? t.CompletedAt, cancelled?.Actor, "The money is free again"));
            return steps;
        }
        var sent = Find("sent");
        steps.Add(sent is null ? new Step("Sent to the bank", StepState.Later)
            : new Step("Sent to the bank", StepState.Done, sent.At, null, $"Rail: {sent.Actor}"));
        steps.Add(Outcome(t, sent is not null, failure ?? TransferWords.Failure));
        if (t.State == DisbursementState.Reversed)
            steps.Add(new Step("Returned", StepState.Failed, Find("reversed")?.At ?? t.CompletedAt, null,
                "Amount and fee are back in your deposit"));
        return steps;
    }

    private static Step Approval(Transfer t, Func<string, Entry?> find)
    {
        if (t.ApprovalId is null) return new Step("Approved", StepState.Done, Detail: "No rule asked for approval");
        if (find("rejected") is { } no) return new Step("Rejected", StepState.Failed, no.At, no.Actor);
        if (t.State == DisbursementState.Expired) return new Step("Expired", StepState.Failed, find("expired")?.At, null,
            "Nobody decided in time");
        if (find("approved") is { } yes) return new Step("Approved", StepState.Done, yes.At, yes.Actor);
        return t.State == DisbursementState.PendingApproval
            ? new Step("Waiting for approval", StepState.Now, Detail: "Another person decides")
            : new Step("Not approved", StepState.Later);
    }

    private static Step Outcome(Transfer t, bool sent, Func<string?, string> failure) => t.State switch
    {
        DisbursementState.Succeeded => new("Received", StepState.Done, t.CompletedAt, null, t.RecipientName),
        DisbursementState.Reversed => new("Received", StepState.Done),
        DisbursementState.Failed => new("Failed", StepState.Failed, t.CompletedAt, null, failure(t.FailureReason)),
        DisbursementState.Unknown => new("Waiting for the bank", StepState.Now, Detail: "The bank has not answered. Do not send again"),
        _ when sent => new("Waiting for the bank", StepState.Now),
        _ => new("Received", StepState.Later),
    };

    private sealed record Entry
    {
        public required string Type { get; init; }
        public DateTimeOffset At { get; init; }
        public required string Actor { get; init; }
    }
}
