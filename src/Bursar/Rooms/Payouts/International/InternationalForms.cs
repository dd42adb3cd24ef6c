using Bursar.Core.Access;
using Bursar.Core.Corridors;
using Bursar.Core.Currencies;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;
using Microsoft.AspNetCore.Components;

namespace Bursar.Rooms.Payouts.International;

/// <summary>
/// The pages' own doors: quote, details, review, send, cancel. What was typed about people goes from step to step in the forms, never in a
/// URL.
/// </summary>
public static class InternationalForms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapForm("international/quotes", Quote);
        routes.MapForm("international/details", post => Show<InternationalDetails>(post));
        // A file that is too large is read and refused beside what was typed; a connection that is cut off would say nothing.
        routes.MapForm("international/review", Review, 3 * Attachments.BodyMax);
        routes.MapForm("international", Send);
        routes.MapForm("international/{id}/cancellation", Cancel);
    }

    /// <summary>What the forms ask for so far, whatever they hold.</summary>
    public static CreateInternationalTransfer.Request Read(QuoteResource offer, Func<string, string?> value)
    {
        var form = CorridorForm.Of(Corridor.Find(offer.Country)!, offer.Type)!;
        Dictionary<string, string?> Group(string name, IReadOnlyList<CorridorField> fields) =>
            fields.ToDictionary(f => f.Name, f => value($"{name}.{f.Name}"));
        return new CreateInternationalTransfer.Request(offer.Id, offer.Type, Group("beneficiary", form.Beneficiary),
            form.Sender.Count == 0 ? null : Group("sender", form.Sender),
            AttachmentId.TryParse(value("attachmentId"), out var file) ? file : null,
            value("remark")?.Trim() is { Length: > 0 } remark ? remark : null,
            value("reference")?.Trim() is { Length: > 0 } reference ? reference : null);
    }

    /// <summary>The offer that a form carries, while it lasts.</summary>
    public static async Task<Result<QuoteResource>> Offer(CreateQuote quotes, BookKey book, string? id, DateTimeOffset now) =>
        !QuoteId.TryParse(id, out var quote) || await quotes.Find(book, quote) is not { } found || found.ExpiresAt <= now
            || found.UsedBy is not null
            ? Gone()
            : found.Offer;

    private static Error Gone() => new(Errors.Expired, "This quote no longer holds. Nothing was sent: ask for a new one.");

    private static async Task Quote(PagePost post)
    {
        var corridor = Corridor.Find(post.Text("country"));
        if (corridor is null) { await post.Again<NewInternational>(Errors.Field("/country", "required", "Choose a country.")); return; }
        if (!Json.TryParse<CorridorType>(post.Text("type"), out var type))
        {
            await post.Again<NewInternational>(Errors.Field("/type", "required", "Choose who sends to whom."));
            return;
        }
        if (!MoneyInput.TryParse(post.Text("amount"), corridor.Currency, out var amount))
        {
            var sample = new Money(corridor.Max, corridor.Currency);
            await post.Again<NewInternational>(Errors.Field("/amount", "invalid", $"Write it as {MoneyText.Full(sample)}."));
            return;
        }
        var quote = await post.Get<CreateQuote>().Handle(post.Actor, new(corridor.Country.Code, corridor.Currency.Code, amount.Minor, type),
            post.Http.RequestAborted);
        if (!quote.Ok) await post.Again<NewInternational>(quote.Error);
        else post.Http.Response.Redirect(post.Page.To($"international/new/details?quoteId={quote.Value.Id}"));
    }

    private static async Task Review(PagePost post)
    {
        if (post.Actor.Require(Permission.CreateTransactions) is { } denied) { await PageDoor.ShowError(post.Http, denied); return; }
        var offer = await OfferOf(post);
        if (!offer.Ok) { await post.Again<InternationalDetails>(offer.Error); return; }
        var attached = new Dictionary<string, object>();
        if (post.Form.Files["attachment"] is { Length: > 0 } file)
        {
            var added = await post.Get<Attachments>().Add(post.Actor, file, "/attachment", post.Http.RequestAborted);
            if (!added.Ok) { await post.Again<InternationalDetails>(added.Error); return; }
            attached["FileId"] = added.Value.Id.ToString();
        }
        var request = Read(offer.Value, name => name == "attachmentId" && attached.TryGetValue("FileId", out var id) ? (string)id
            : post.Text(name));
        var order = await post.Get<CreateInternationalTransfer>().Parse(post.Actor, request);
        if (!order.Ok) await post.Again<InternationalDetails>(AtTheFile(order.Error), attached);
        else await Show<ReviewInternational>(post, attached);
    }

    /// <summary>The page's field is the file, not its id.</summary>
    private static Error AtTheFile(Error error) => error with
    {
        Fields = [.. error.Fields.Select(f => f.Field == "/attachmentId" ? f with { Field = "/attachment" } : f)],
    };

    private static async Task Send(PagePost post)
    {
        // Taken already or expired meanwhile: the verb says so, or gives the answer of the same press once more.
        if (!QuoteId.TryParse(post.Text("quoteId"), out var id) || await post.Get<CreateQuote>().Find(post.Actor.Book, id) is not { } quote)
        {
            await post.Again<InternationalDetails>(Gone());
            return;
        }
        var request = Read(quote.Offer, post.TextOrNull);
        var answer = await post.Get<CreateInternationalTransfer>().Handle(post.Actor, request, post.Key(request));
        if (!answer.Ok)
        {
            if (answer.Error.Fields.Count > 0) await post.Again<InternationalDetails>(AtTheFile(answer.Error));
            else await post.Again<ReviewInternational>(answer.Error);
            return;
        }
        var sent = answer.Value.Value;
        var amount = MoneyText.Full(InternationalWords.Received(sent));
        await post.Done($"international?id={sent.Id}",
            sent.ApprovalId is null ? $"{amount} is on its way" : $"Approval of {amount} requested");
    }

    private static async Task Cancel(PagePost post)
    {
        var answer = await post.Get<CancelInternationalTransfer>().Handle(post.Actor, post.Id);
        if (answer.Ok) await post.Done(post.TextOrNull("back") ?? "international",
            "Transfer cancelled. Amount and fee are back in your deposit");
        else await post.Again<InternationalList>(answer.Error, new() { ["Refused"] = post.Id });
    }

    private static Task<Result<QuoteResource>> OfferOf(PagePost post) =>
        Offer(post.Get<CreateQuote>(), post.Actor.Book, post.Text("quoteId"), post.Get<TimeProvider>().GetUtcNow());

    /// <summary>A step with what the one before it was told.</summary>
    private static Task Show<TPage>(PagePost post, Dictionary<string, object>? with = null) where TPage : IComponent
    {
        if (post.Actor.Require(Permission.CreateTransactions) is { } denied) return PageDoor.ShowError(post.Http, denied);
        post.Page.Posted = post.Form;
        return PageDoor.Show(post.Http, typeof(TPage), with);
    }
}
