using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Pages;

namespace Bursar.Rooms.Approvals;

public static class ApprovalWords
{
    /// <summary>What stopped it, in words.</summary>
    public static string Rule(string rule) => rule switch
    {
        "MAKER_NEEDS_APPROVER" => "Makers need an approver",
        "SEPARATION_OF_DUTIES" => "Duties are separated: a second person decides",
        "API_TRANSFERS_NEED_APPROVAL" => "Transfers by API need approval here",
        "REQUIRES_APPROVAL" => "Above a policy's approval threshold",
        _ => rule,
    };
}

/// <summary>The queue's forms: one decision, or several at once with a result for each.</summary>
public static class ApprovalForms
{
    private const int BulkMax = 200;

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapForm("approvals/{id}/decision", DecideOne);
        routes.MapForm("approvals/decisions", ApproveSelected);
    }

    private static async Task DecideOne(PagePost post)
    {
        var verdict = post.Text("verdict") == "reject" ? Decide.Verdict.Reject : Decide.Verdict.Approve;
        var answer = await Slice(post).Handle(post.Actor, post.Http.Request.RouteValues["id"]!.ToString()!,
            new Decide.Request(verdict, post.Text("contentHash"), post.TextOrNull("note")));
        if (answer.Ok)
            await post.Done("approvals", verdict == Decide.Verdict.Approve ? "Approved and sent" : "Rejected. The hold is free again");
        else await post.Again<ApprovalQueue>(answer.Error);
    }

    private static async Task ApproveSelected(PagePost post)
    {
        if (post.Actor.Require(Permission.ApproveTransactions) is { } denied) { await PageDoor.ShowError(post.Http, denied); return; }
        var refused = new Dictionary<string, string>();
        var approved = 0;
        var items = post.Form["approval"].OfType<string>().Take(BulkMax).ToList();
        var act = items.Count == 1 ? "approve a request" : (Phrase)$"approve {items.Count} requests";
        if (items.Count > 0 && await Slice(post).Ask(post.Actor, act) is { } unproved)
        {
            await post.Again<ApprovalQueue>(unproved);
            return;
        }
        foreach (var item in items)
        {
            var parts = item.Split(' ', 2);
            var answer = await Slice(post).HandleProved(post.Actor, parts[0],
                new Decide.Request(Decide.Verdict.Approve, parts.ElementAtOrDefault(1) ?? ""));
            if (answer.Ok) approved++;
            else refused[parts[0]] = answer.Error.Detail;
        }
        if (refused.Count == 0) { await post.Done("approvals", $"{approved} approved and sent"); return; }
        await post.Again<ApprovalQueue>(
            new Error(Errors.StateConflict, $"{approved} approved and sent, {refused.Count} not: see each below."),
            new() { ["Results"] = refused });
    }

    private static Decide Slice(PagePost post) => post.Http.RequestServices.GetRequiredService<Decide>();
}
