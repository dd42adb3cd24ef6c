using System.Net;
using Bursar.Core.Corridors;
using Bursar.Core.Tests;
using Bursar.Platform.Data;

namespace Bursar.Tests.Given;

/// <summary>Transfers abroad as clients ask for them.</summary>
public static class Abroad
{
    public static readonly byte[] Invoice = "%PDF-1.7\nInvoice 2291"u8.ToArray();

    public static async Task<string> Quote(this Workspace w, string country = "SGP", CorridorType type = CorridorType.C2c, long? amount = null)
    {
        var corridor = Corridor.Find(country)!;
        var wanted = new { country, currency = corridor.Currency.Code, amount = amount ?? corridor.Min, type = Json.Name(type) };
        return (await w.Api.Post("/v1/quotes", wanted)).Is(HttpStatusCode.Created).Text("id");
    }

    public static async Task<string> Attachment(this Workspace w) =>
        (await w.Api.Upload("/v1/attachments", "invoice.pdf", Invoice)).Is(HttpStatusCode.Created).Text("id");

    /// <summary>The body of a transfer that has everything.</summary>
    public static async Task<Dictionary<string, object?>> Wanted(
        this Workspace w, string country = "SGP", CorridorType type = CorridorType.C2c, long? amount = null, string? account = null)
    {
        var form = CorridorForm.Of(Corridor.Find(country)!, type)!;
        var beneficiary = FieldSamples.Of(form.Corridor, form.Beneficiary);
        if (account is not null) beneficiary["accountNumber"] = account;
        var body = new Dictionary<string, object?>
        {
            ["quoteId"] = await w.Quote(country, type, amount), ["type"] = Json.Name(type), ["beneficiary"] = beneficiary,
        };
        if (form.Sender.Count > 0) body["sender"] = FieldSamples.Of(form.Corridor, form.Sender);
        if (form.NeedsAttachment) body["attachmentId"] = await w.Attachment();
        return body;
    }

    public static async Task<Answer> SendAbroad(this Workspace w, string? account = null, Client? by = null) =>
        (await (by ?? w.Api).Post("/v1/international-transfers", await w.Wanted(account: account))).Is(HttpStatusCode.Created);
}
