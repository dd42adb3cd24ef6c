using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.International.Information;

/// <summary>What is posted and fetched about questions: by members at a transfer, by the operator at an order.</summary>
public static class InformationForms
{
    public const string Desk = "/operator/international";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapForm("international/questions/{id}/answer", Answer, 3 * Attachments.BodyMax);
        routes.MapGet("/{mode:regex(^(live|test)$)}/international/questions/{id}/file", (RequestDelegate)Download);
        routes.MapOperatorForm("international/questions", Ask);
        routes.MapOperatorForm("international/questions/end", End);
        routes.MapGet("/operator/international/file", (RequestDelegate)DownloadAtDesk);
    }

    private static async Task Answer(PagePost post)
    {
        if (post.Actor.Require(Permission.CreateTransactions) is { } denied) { await PageDoor.ShowError(post.Http, denied); return; }
        if (!InformationRequestId.TryParse(post.Id, out var id)
            || await post.Get<InformationReads>().Find(post.Actor.Book, id) is not { } known)
        {
            await PageDoor.ShowError(post.Http, Errors.Missing());
            return;
        }
        var transfer = new InternationalTransferId(known.Transfer).ToString();
        var files = new List<AttachmentId>();
        // What nobody waits for is not taken in.
        if (known.State == InformationState.Open && post.Form.Files["attachment"] is { Length: > 0 } file)
        {
            var added = await post.Get<Attachments>().Add(post.Actor, file, "/attachment", post.Http.RequestAborted);
            if (!added.Ok) { await post.Again<InternationalList>(added.Error, new() { ["Refused"] = transfer }); return; }
            files.Add(added.Value.Id);
        }
        var request = new AnswerInformation.Request(post.Text("answer"), files);
        var answered = await post.Get<AnswerInformation>().Handle(post.Actor, post.Id, request, post.Key(request));
        if (answered.Ok) await post.Done($"international?id={transfer}", "Your answer is on its way");
        else await post.Again<InternationalList>(answered.Error, new() { ["Refused"] = transfer });
    }

    private static async Task Download(HttpContext http)
    {
        var actor = http.RequestServices.GetRequiredService<PageContext>().Actor!;
        var stored = actor.Require(Permission.ViewTransactions) is null
            && InformationRequestId.TryParse(http.Request.RouteValues["id"]?.ToString(), out var id)
            && AttachmentId.TryParse(http.Request.Query["id"], out var file)
            ? await http.RequestServices.GetRequiredService<Database>().One<StoredFile>(actor.Book, StoredFile.Sql,
                new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode, taker = id.Value, file = file.Value }) : null;
        if (stored is null) await PageDoor.ShowError(http, Errors.Missing());
        else await stored.Write(http);
    }

    private static async Task Ask(PagePost post)
    {
        if (OrderOf(post) is not { } order) { await PageDoor.ShowError(post.Http, Errors.Missing()); return; }
        int? days = int.TryParse(post.Text("days"), NumberStyles.None, CultureInfo.InvariantCulture, out var typed) ? typed : null;
        var asked = await post.Get<AskInformation>().Ask(AtDesk(post, order.Book), order.Transfer.Value, post.Text("question"), days);
        if (asked.Ok) await post.Done(order.Path, "The question is asked");
        else await post.Again<OperatorOrder>(asked.Error, order.Parameters);
    }

    private static async Task End(PagePost post)
    {
        if (OrderOf(post) is not { } order || !InformationRequestId.TryParse(post.Text("question"), out var id))
        {
            await PageDoor.ShowError(post.Http, Errors.Missing());
            return;
        }
        var ended = await post.Get<AskInformation>().End(AtDesk(post, order.Book), order.Transfer.Value, id.Value);
        if (ended.Ok) await post.Done(order.Path, "Nothing more is asked for");
        else await post.Again<OperatorOrder>(ended.Error, order.Parameters);
    }

    private static async Task DownloadAtDesk(HttpContext http)
    {
        var query = http.Request.Query;
        var stored = OrderKey.Parse(query["workspace"], query["mode"], query["id"]) is { } order
            && AttachmentId.TryParse(query["file"], out var file)
            ? await http.RequestServices.GetRequiredService<OperatorReads>().File(order, file) : null;
        if (stored is null) await PageDoor.ShowError(http, Errors.Missing());
        else await stored.Write(http);
    }

    private static OrderKey? OrderOf(PagePost post) => OrderKey.Parse(post.Text("workspace"), post.Text("mode"), post.Text("transfer"));

    private static Actor AtDesk(PagePost post, BookKey book) => Actor.Operator(
        book, post.Page.MemberName, post.Page.Operator!.Person, Callers.Peer(post.Http), RequestIds.Of(post.Http));
}

/// <summary>An order abroad as the operator's pages name it.</summary>
public sealed record OrderKey(BookKey Book, InternationalTransferId Transfer)
{
    public string Path => $"{InformationForms.Desk}/{Book.Workspace}/{Json.Name(Book.Mode)}/{Transfer}";

    public Dictionary<string, object> Parameters => new()
    {
        ["Workspace"] = Book.Workspace.ToString(), ["Mode"] = Json.Name(Book.Mode), ["Transfer"] = Transfer.ToString(),
    };

    public static OrderKey? Parse(string? workspace, string? mode, string? transfer) =>
        WorkspaceId.TryParse(workspace, out var w) && Json.TryParse<Mode>(mode ?? "", out var m)
            && InternationalTransferId.TryParse(transfer, out var t) ? new(new BookKey(w, m), t) : null;
}
