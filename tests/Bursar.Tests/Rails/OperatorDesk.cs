using System.Net;
using System.Text.RegularExpressions;
using Bursar.Tests.Given;
using Xunit;

namespace Bursar.Tests.Rails;

/// <summary>The operator in a browser, who sets rails up and says what became of payments.</summary>
public sealed class OperatorDesk(PageClient browser)
{
    public PageClient Browser => browser;

    /// <summary>Posts a form of the console, and the password where it is asked for.</summary>
    public async Task<Answer> Post(string path, params (string Name, string Value)[] fields)
    {
        await browser.Get("/operator/rails");
        var answer = await browser.Post(path, fields);
        return answer.Status == HttpStatusCode.Unauthorized && answer.Body.Contains("stepUp.password", StringComparison.Ordinal)
            ? await browser.Submit(answer, ("stepUp.password", Workspace.Password)) : answer;
    }

    /// <summary>Sets a rail up; its name and the secrets that were shown.</summary>
    public async Task<(string Name, string[] Secrets)> SetUp(
        string adapter, string label, string mode, params (string Name, string Value)[] fields)
    {
        var made = await Post("/operator/rails", [("adapter", adapter), ("label", label), ("mode", mode), .. fields]);
        Assert.True(made.Status is HttpStatusCode.OK or HttpStatusCode.Redirect, made.Body);
        return ($"{adapter}-{label}",
            [.. Regex.Matches(made.Body, "<code id=\"[a-z-]+\">([^<]+)</code>").Select(m => WebUtility.HtmlDecode(m.Groups[1].Value))]);
    }

    /// <summary>What is asked for a second later goes this way.</summary>
    public async Task Route(string mode, string kind, string rail)
    {
        (await Post("/operator/rails/routes", ($"{mode}.{kind}", rail))).Is(HttpStatusCode.Redirect);
        await Task.Delay(300);
    }

    public Task<Answer> Tell(Workspace w, string transfer, string mode, string outcome, params (string Name, string Value)[] more) =>
        Post("/operator/payouts/outcome",
        [
            ("payout", Reference(transfer)), ("workspace", w.Book.Workspace.ToString()), ("mode", mode), ("outcome", outcome),
            ("note", "Seen in the bank's own list."), .. more,
        ]);

    /// <summary>What a currency costs in live mode from now on.</summary>
    public Task<Answer> SetRate(string currency, string rate, string hours = "24", bool sure = false) => Post("/operator/rates",
        [("currency", currency), ("rate", rate), ("hours", hours), .. sure ? [("sure", "true")] : Array.Empty<(string, string)>()]);

    /// <summary>The terms of a destination in live mode from now on.</summary>
    public Task<Answer> Serve(
        string country, string fee = "40.000", string min = "10", string max = "50.000", bool isActive = true, bool all = false) =>
        Post($"/operator/rates/destinations/{country}",
        [
            ("fee", fee), ("min", min), ("max", max), ("speed", "same_day"), ("cutOff", "14:00"),
            .. isActive ? [("isActive", "true")] : Array.Empty<(string, string)>(),
            .. all ? [("all", "true")] : Array.Empty<(string, string)>(),
        ]);

    /// <summary>What rails call a transfer.</summary>
    public static string Reference(string transfer)
    {
        Assert.True(TransferId.TryParse(transfer, out var id));
        return id.Value.ToString("N");
    }
}
