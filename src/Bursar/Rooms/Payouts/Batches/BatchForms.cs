using Bursar.Core.Text;
using Bursar.Platform.Pages;
using Microsoft.AspNetCore.Mvc;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>The pages' own doors: upload, submit, decide, cancel. Each ends in the slice that the API calls too.</summary>
public static class BatchForms
{
    private const string One = "transfers/batches/{id}";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapForm("transfers/batches", Upload).WithMetadata(new RequestSizeLimitAttribute(BatchForm.BodyMax));
        routes.MapForm(One + "/name-check-end", EndNames);
        routes.MapForm(One + "/submission", Submit);
        routes.MapForm(One + "/decision", Decide);
        routes.MapForm(One + "/cancellation", Cancel);
    }

    private static async Task Upload(PagePost post)
    {
        var read = await BatchForm.Read(post.Form);
        if (!read.Ok) { await post.Again<NewBatch>(read.Error); return; }
        var (rows, wishes) = read.Value;
        var key = post.Key(new { });
        // People look at what the check found before anything is asked for.
        var answer = await post.Get<UploadBatch>().Handle(post.Actor, rows, wishes with { Submit = false }, key.Route, key.Key);
        if (answer.Ok) post.Http.Response.Redirect(post.Page.To($"transfers/batches/{answer.Value.Value.Id}"));
        else await post.Again<NewBatch>(answer.Error);
    }

    private static async Task EndNames(PagePost post)
    {
        var answer = await post.Get<EndNameCheck>().Handle(post.Actor, post.Id);
        if (answer.Ok) await post.Done($"transfers/batches/{post.Id}", "The other names are not asked");
        else await post.Again<BatchPage>(answer.Error);
    }

    private static async Task Submit(PagePost post)
    {
        var answer = await post.Get<SubmitBatch>().Handle(post.Actor, post.Id);
        if (answer.Ok) await post.Done($"transfers/batches/{post.Id}", "The batch is being submitted");
        else await post.Again<BatchPage>(answer.Error);
    }

    private static async Task Decide(PagePost post)
    {
        var words = post.Text("verdict").Split(' ');
        var verdict = words[0] == "reject" ? DecideBatch.Verdict.Reject : DecideBatch.Verdict.Approve;
        List<int>? lines = words is [_, "all"] ? null : [.. post.Form["rows"].Select(r => int.TryParse(r, out var line) ? line : 0)];
        var answer = await post.Get<DecideBatch>().Handle(post.Actor, post.Id,
            new DecideBatch.Request(verdict, post.Text("contentHash"), post.TextOrNull("note"), lines));
        if (!answer.Ok) { await post.Again<BatchPage>(answer.Error); return; }
        await post.Done($"transfers/batches/{post.Id}", Said(verdict, answer.Value));
    }

    private static Phrase Said(DecideBatch.Verdict verdict, DecideBatch.Response answer)
    {
        if (answer.Refused.Count > 0) return $"{answer.Decided} done, {answer.Refused.Count} not";
        if (answer.StillWaiting > 0) return $"Your approval counts for {answer.StillWaiting} rows; they need more people";
        if (verdict == DecideBatch.Verdict.Reject) return $"{BatchWords.Count(answer.Decided)} rejected";
        return $"{BatchWords.Count(answer.Decided)} approved";
    }

    private static async Task Cancel(PagePost post)
    {
        var answer = await post.Get<CancelBatch>().Handle(post.Actor, post.Id);
        if (answer.Ok) await post.Done($"transfers/batches/{post.Id}", "Cancelled. What had not gone is free again");
        else await post.Again<BatchPage>(answer.Error);
    }
}
