using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;
using Bursar.Rooms.Payouts.Beneficiaries;

namespace Bursar.Rooms.Payouts.Transfers;

/// <summary>The pages' own doors to the room: check, send, cancel. Each ends in the slice that the API calls too.</summary>
public static class TransferForms
{
    private const int BulkMax = 200;

    public static readonly string[] Names = ["bankCode", "accountNumber", "amount", "remark", "recipientEmails"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/{mode:regex(^(live|test)$)}/search", (RequestDelegate)Search);
        routes.MapForm("transfers/new", Check);
        routes.MapForm("transfers", Send);
        routes.MapForm("transfers/{id}/cancellation", Cancel);
        routes.MapForm("transfers/cancellations", CancelSelected);
    }

    /// <summary>Reads the form's fields as people type them.</summary>
    public static Result<CreateTransfer.Request> Read(Func<string, string> value)
    {
        if (!MoneyInput.TryParse(value("amount"), out var amount)) return Errors.Field("/amount", "invalid",
            "Write whole rupiah: 1.250.000.");
        var emails = value("recipientEmails").Split([',', ' ', ';'], StringSplitOptions.RemoveEmptyEntries);
        return new CreateTransfer.Request(amount.Minor, value("bankCode"), value("accountNumber").Trim(),
            value("remark").Trim() is { Length: > 0 } remark ? remark : null, emails.Length > 0 ? emails : null);
    }

    /// <summary>The frame's search box: an exact id opens its thing, anything else searches the transfers.</summary>
    private static Task Search(HttpContext http)
    {
        var page = http.RequestServices.GetRequiredService<PageContext>();
        var text = http.Request.Query["q"].ToString().Trim();
        http.Response.Redirect(TransferId.TryParse(text, out _) ? page.To($"transfers?id={text}")
            : TopUpId.TryParse(text, out _) ? page.To($"deposit/top-ups/{text}")
            : SpendRequestId.TryParse(text, out _) ? page.To($"logs/{text}")
                : page.To($"transfers?search={Uri.EscapeDataString(text)}"));
        return Task.CompletedTask;
    }

    private static async Task Check(PagePost post)
    {
        var value = await WithBeneficiary(post);
        var facts = await Review(post, value);
        if (!facts.Ok) { await post.Again<NewTransfer>(facts.Error); return; }
        post.Http.Response.Redirect(post.Page.To("transfers/new/review")
            + QueryString.Create(Names.Select(n => KeyValuePair.Create(n, (string?)value(n)))));
    }

    /// <summary>The fields as they were typed; a saved beneficiary that was picked gives bank and account, and an e-mail where none is.</summary>
    private static async Task<Func<string, string>> WithBeneficiary(PagePost post)
    {
        if (!BeneficiaryId.TryParse(post.Text("beneficiaryId"), out var id)
            || await post.Get<BeneficiaryReads>().Find(post.Actor.Book, id) is not { } saved) return post.Text;
        return name => name switch
        {
            "bankCode" => saved.BankCode,
            "accountNumber" => saved.AccountNumber,
            "recipientEmails" => post.TextOrNull(name) ?? saved.Email ?? "",
            _ => post.Text(name),
        };
    }

    private static async Task Send(PagePost post)
    {
        // Asked again, because what the review showed may have changed, and a form can be posted without it.
        var facts = await Review(post, post.Text);
        if (!facts.Ok) { await post.Again<NewTransfer>(facts.Error); return; }
        var request = Read(post.Text).Value;
        var answer = await post.Http.RequestServices.GetRequiredService<CreateTransfer>().Handle(post.Actor, request, post.Key(request),
            new CreateTransfer.Reviewed(facts.Value.Holder, post.Form.ContainsKey("sendTwice")));
        if (!answer.Ok) { await post.Again<ReviewTransfer>(answer.Error); return; }
        var sent = answer.Value.Value;
        var amount = MoneyText.Full(Core.Currencies.Money.Idr(sent.Amount));
        await post.Done($"transfers?id={sent.Id}", sent.ApprovalId is null ? $"{amount} is on its way" : $"Approval of {amount} requested");
    }

    private static async Task<Result<ReviewFacts>> Review(PagePost post, Func<string, string> value)
    {
        var request = Read(value);
        if (!request.Ok) return request.Error;
        var order = post.Http.RequestServices.GetRequiredService<CreateTransfer>().Parse(post.Actor, request.Value);
        return order.Ok ? await post.Http.RequestServices.GetRequiredService<TransferReview>().Of(post.Actor, order.Value)
            : order.Error;
    }

    /// <summary>Several at once, each by itself: whatever cannot be cancelled any more says why, and the others are.</summary>
    private static async Task CancelSelected(PagePost post)
    {
        if (post.Actor.Require(Permission.CreateTransactions) is { } denied) { await PageDoor.ShowError(post.Http, denied); return; }
        var ids = post.Form["transfer"].OfType<string>().Distinct().Take(BulkMax).ToList();
        if (ids.Count == 0) { await post.Again<TransferList>(new Error(Errors.StateConflict, "Nothing is selected.")); return; }
        var refused = new Dictionary<string, Phrase>();
        foreach (var id in ids)
        {
            var answer = await post.Get<CancelTransfer>().Handle(post.Actor, id);
            if (!answer.Ok) refused[id] = answer.Error.Said;
        }
        if (refused.Count == 0)
            await post.Done(post.TextOrNull("back") ?? "transfers", $"{ids.Count} cancelled");
        else await post.Again<TransferList>(
            new Error(Errors.StateConflict, $"{ids.Count - refused.Count} done, {refused.Count} not: see each below."),
            new() { ["Results"] = refused });
    }

    private static async Task Cancel(PagePost post)
    {
        var id = post.Http.GetRouteValue("id")?.ToString() ?? "";
        var answer = await post.Http.RequestServices.GetRequiredService<CancelTransfer>().Handle(post.Actor, id);
        if (answer.Ok) await post.Done(post.TextOrNull("back") ?? "transfers",
            "Transfer cancelled. Amount and fee are back in your deposit");
        else await post.Again<TransferList>(answer.Error, new() { ["Refused"] = id });
    }
}
