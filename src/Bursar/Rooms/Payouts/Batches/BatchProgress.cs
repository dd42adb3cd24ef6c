using Bursar.Core.Results;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>
/// GET …/{id}/progress: server-sent events that tell an open page to look again when its batch has moved. A page without script is read
/// again by hand and shows the same.
/// </summary>
public static class BatchProgress
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private const int BeatEvery = 15;
    private const int TicksMax = 900;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/{mode:regex(^(live|test)$)}/transfers/batches/{id}/progress", (RequestDelegate)Tell);

    private static async Task Tell(HttpContext http)
    {
        var actor = http.RequestServices.GetRequiredService<PageContext>().Actor!;
        var reads = http.RequestServices.GetRequiredService<BatchReads>();
        if (actor.Require(Core.Access.Permission.ViewTransactions) is { } denied) { await PageDoor.ShowError(http, denied); return; }
        if (!BatchId.TryParse(http.GetRouteValue("id")?.ToString(), out var id) || await reads.Find(actor.Book, id) is not { } batch)
        {
            await PageDoor.ShowError(http, Errors.Missing());
            return;
        }
        if (!Moves(batch.State))
        {
            // Tells the browser not to ask again.
            http.Response.StatusCode = 204;
            return;
        }
        http.Response.ContentType = "text/event-stream";
        http.Response.Headers["X-Accel-Buffering"] = "no";
        var time = http.RequestServices.GetRequiredService<TimeProvider>();
        var shown = Stand(batch);
        // Bounded: the browser asks again by itself when the stream ends.
        for (var tick = 1; tick <= TicksMax && !http.RequestAborted.IsCancellationRequested; tick++)
        {
            await Task.Delay(Every, time, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (http.RequestAborted.IsCancellationRequested || await reads.Find(actor.Book, id) is not { } now) return;
            if (Stand(now) != shown) await http.Response.WriteAsync("data: moved\n\n");
            else if (tick % BeatEvery == 0) await http.Response.WriteAsync(": still\n\n");
            else continue;
            shown = Stand(now);
            await http.Response.Body.FlushAsync();
            if (!Moves(now.State)) return;
        }
    }

    /// <summary>It goes on by itself, so a page of it is worth looking at again.</summary>
    public static bool Moves(BatchState state) =>
        state is BatchState.Checking or BatchState.Submitting or BatchState.Submitted or BatchState.Failing;

    private static (BatchState, int, int, int) Stand(Batch batch) => (batch.State, batch.Version, batch.Checked, batch.Submitted);
}
