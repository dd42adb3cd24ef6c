using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Pages;

namespace Bursar.Rooms.Operator.Payouts;

/// <summary>What the operator's list of payouts posts. Saying what became of money asks for the operator's password.</summary>
public static class PayoutForms
{
    public const string Home = "/operator/payouts";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOperatorForm("payouts/outcome", Tell);
        routes.MapOperatorForm("payouts/explanation", Explain);
        routes.MapOperatorForm("payouts/files", MakeFile);
        routes.MapGet("/operator/payouts/files/{id}", (RequestDelegate)Download);
    }

    private static async Task Tell(PagePost post)
    {
        var request = new TellOutcome.Request(
            post.Text("outcome"), post.TextOrNull("reason"), post.TextOrNull("reference"), post.TextOrNull("note"));
        var told = Asks(post, "say what became of a payment") is { } unproved ? unproved
            : WorkspaceId.TryParse(post.Text("workspace"), out var workspace) && Json.TryParse<Mode>(post.Text("mode"), out var mode)
                && Guid.TryParseExact(post.Text("payout"), "N", out var id)
                ? await post.Get<TellOutcome>().Handle(Desk.Of(post), workspace, mode, id, request) : Errors.Missing();
        if (told.Ok) await post.Done(Back(post), "Recorded");
        else await post.Again<PayoutList>(told.Error);
    }

    private static async Task Explain(PagePost post)
    {
        var done = Guid.TryParseExact(post.Text("payout"), "N", out var id)
            ? await post.Get<TellOutcome>().Explain(Desk.Of(post), id, post.TextOrNull("note")) : Errors.Missing();
        if (done.Ok) await post.Done(Back(post), "Recorded");
        else await post.Again<PayoutList>(done.Error);
    }

    private static async Task MakeFile(PagePost post)
    {
        var made = Asks(post, $"make a payment file of {post.Text("rail")}") is { } unproved ? unproved
            : await post.Get<PaymentFiles>().Make(post.Text("rail"), Desk.Of(post).Name);
        if (made.Ok) await post.Done(Home, $"The file of {made.Value.Payments} payments is ready to download");
        else await post.Again<PayoutList>(made.Error);
    }

    private static async Task Download(HttpContext http)
    {
        var bytes = Guid.TryParseExact(http.Request.RouteValues["id"]?.ToString(), "N", out var id)
            ? await http.RequestServices.GetRequiredService<PaymentFiles>().Content(id) : null;
        if (bytes is null)
        {
            await PageDoor.ShowError(http, Errors.Missing());
            return;
        }
        http.Response.ContentType = "application/xml";
        http.Response.ContentLength = bytes.Length;
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"pain001-{id.ToString("N", CultureInfo.InvariantCulture)}.xml\"";
        await http.Response.Body.WriteAsync(bytes, http.RequestAborted);
    }

    private static Error? Asks(PagePost post, Phrase act) => post.Page.Operator!.Require(Proof.Password, act);

    private static string Back(PagePost post) => post.Text("back") is { Length: > 0 } back ? $"{Home}?{back}" : Home;
}
