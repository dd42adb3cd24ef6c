using System.Net;
using Bursar.Core.Corridors;
using Bursar.Core.Tests;
using Bursar.Platform.Data;
using Xunit;

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

    public static async Task<Answer> SendAbroad(this Workspace w, string? account = null, Client? by = null, string country = "SGP") =>
        (await (by ?? w.Api).Post("/v1/international-transfers", await w.Wanted(country, account: account))).Is(HttpStatusCode.Created);

    /// <summary>A transfer whose bank abroad wants to know more, and its question.</summary>
    public static async Task<(string Transfer, string Question)> AskedAbroad(this Workspace w)
    {
        var transfer = (await w.SendAbroad("5270990007")).Text("id");
        for (var i = 0; i < 400; i++)
        {
            var asked = (await w.Api.Get($"/v1/information-requests?transferId={transfer}")).Json["data"]!.AsArray();
            if (asked.Count > 0) return (transfer, asked[0]!["id"]!.GetValue<string>());
            await Task.Delay(50);
        }
        Assert.Fail($"nobody asks about {transfer} after 20 s");
        return default;
    }

    /// <summary>Waits for a state of a transfer abroad.</summary>
    public static async Task<Answer> ReachesAbroad(this Workspace w, string transfer, string state)
    {
        for (var i = 0; i < 400; i++)
        {
            var now = await w.Api.Get($"/v1/international-transfers/{transfer}");
            if (now.Text("state") == state) return now;
            await Task.Delay(50);
        }
        Assert.Fail($"{transfer} is not {state} after 20 s");
        return null!;
    }
}
