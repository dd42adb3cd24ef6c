using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Control;
using Bursar.Platform.Pages;

namespace Bursar.Rooms.Approvals;

/// <summary>The queue's forms: one decision, or several at once with a result for each.</summary>
public static class ApprovalForms
{
    private const int BulkMax = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapForm("approvals/{id}/decision", DecideOne);
        routes.MapForm("approvals/decisions", DecideSelected);
    }

    private static async Task DecideOne(PagePost post)
    {
        var verdict = VerdictOf(post);
        var answer = await post.Get<Decide>().Handle(
            post.Actor, post.Id, new Decide.Request(verdict, post.Text("contentHash"), post.TextOrNull("note")));
        if (answer.Ok) await post.Done(post.TextOrNull("back") ?? "approvals", Said(answer.Value));
        else await post.Again<ApprovalQueue>(answer.Error);
    }

    private static Phrase Said(ApprovalResource a)
    {
        if (a.State == ApprovalState.Rejected) return "Rejected. The hold is free again";
        if (a.State == ApprovalState.Pending) return $"Your approval counts: {a.ApprovedBy.Count} of {a.Quorum}";
        return a.Kind switch { "agent_spend" => "Approved. The agent may pay", "refund" => "Refund approved", _ => "Approved and sent" };
    }

    private static async Task DecideSelected(PagePost post)
    {
        if (post.Actor.Require(Permission.ApproveTransactions) is { } denied) { await PageDoor.ShowError(post.Http, denied); return; }
        var verdict = VerdictOf(post);
        var slice = post.Get<Decide>();
        var items = post.Form["approval"].OfType<string>().Take(BulkMax).ToList();
        if (items.Count == 0) { await post.Again<ApprovalQueue>(new Error(Errors.StateConflict, "Nothing is selected.")); return; }
        if (verdict == Decide.Verdict.Approve
            && await slice.Ask(post.Actor, items.Count == 1 ? "approve a request" : $"approve {items.Count} requests") is { } unproved)
        {
            await post.Again<ApprovalQueue>(unproved);
            return;
        }
        var refused = new Dictionary<string, Phrase>();
        foreach (var item in items)
        {
            var parts = item.Split(' ', 2);
            var request = new Decide.Request(verdict, parts.ElementAtOrDefault(1) ?? "", post.TextOrNull("note"));
            var answer = await slice.HandleProved(post.Actor, parts[0], request);
            if (!answer.Ok) refused[parts[0]] = answer.Error.Said;
        }
        var done = items.Count - refused.Count;
        if (refused.Count == 0)
            await post.Done(post.TextOrNull("back") ?? "approvals", verdict == Decide.Verdict.Approve ? $"{done} approved"
                : $"{done} rejected");
        else await post.Again<ApprovalQueue>(
            new Error(Errors.StateConflict, $"{done} done, {refused.Count} not: see each below."), new() { ["Results"] = refused });
    }

    private static Decide.Verdict VerdictOf(PagePost post) => post.Text("verdict") == "reject" ? Decide.Verdict.Reject
        : Decide.Verdict.Approve;
}
