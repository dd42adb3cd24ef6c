using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using Bursar.Tests.Given;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Bursar.Tests.Ui;

/// <summary>
/// No English is left on an Indonesian page: each page is read in both languages, and what is the same in both must be data.
/// </summary>
public sealed partial class LanguageTests(Product product)
{
    /// <summary>Names, codes and words that Indonesian takes as they are.</summary>
    private static readonly HashSet<string> Same =
    [
        "Bursar", "English", "Bahasa Indonesia", "Admin", "Approver", "Reviewer", "Executor", "Maker", "Ada Admin",
        "API", "SMS", "WhatsApp", "Enter", "Esc", "SDK guard", "bursar",
        "HTTP", "Chrome", "Linux", "WIB", "WITA", "WIT", "IDRT", "BURSAR_API_KEY", "bank", "UD Berkah Tani", "Pat Person",
    ];

    private static readonly Dictionary<string, string> Sentences =
        JsonSerializer.Deserialize<Dictionary<string, string>>(
            File.ReadAllText(Path.Combine(Repository.Root, "src/Bursar/Platform/Ui/id.json")))!;

    [Fact]
    public async Task every_page_of_the_mode_is_said_in_indonesian()
    {
        var w = await (await product.Workspace()).WithDeposit(5_000_000);
        (await w.Transfer(50_000)).Is(HttpStatusCode.Created);
        (await w.Transfer(50_000, "990000")).Is(HttpStatusCode.Created);
        await w.Settled();
        await w.Person(Bursar.Core.Access.Role.Maker);
        var invited = new { email = $"inv{Guid.CreateVersion7():N}@example.test", role = "reviewer" };
        (await (await w.AdminSession()).Post("/v1/members", invited)).Is(HttpStatusCode.Created);
        var browser = new PageClient(product.Address, PageClient.FreshAddress());
        await browser.SignIn(await w.AdminEmail());
        var english = await Read(browser);
        var chosen = await browser.Submit(await browser.Get("/test/settings/profile"), ("language", "id"));
        Assert.Equal(HttpStatusCode.Redirect, chosen.Status);
        var indonesian = await Read(browser);

        var left = english.Keys
            .SelectMany(page => english[page].Intersect(indonesian[page]).Where(t => !IsData(t)).Select(t => $"{page}: {t}"))
            .Order().ToList();
        Assert.True(left.Count == 0, string.Join('\n', left));
    }

    [Fact]
    public async Task public_pages_follow_the_choice_in_the_browser()
    {
        var browser = new PageClient(product.Address, PageClient.FreshAddress());
        Assert.Contains(">Sign in<", (await browser.Get("/sign-in")).Body);
        await browser.Post("/preferences/language", ("language", "id"), ("back", "/sign-in"));
        var page = await browser.Get("/sign-in");
        Assert.Contains("<html lang=\"id\"", page.Body);
        Assert.Contains(">Masuk<", page.Body);
        var refused = await browser.Submit(page, ("email", "nobody@example.test"), ("password", "not a password"));
        Assert.Contains("E-mail atau kata sandi salah", refused.Body);
    }

    [Fact]
    public void a_translation_has_the_values_of_its_sentence()
    {
        foreach (var (key, value) in Sentences)
        {
            Assert.NotEqual("", value.Trim());
            Assert.Equal(Holes().Matches(key).Select(m => m.Value).Order(), Holes().Matches(value).Select(m => m.Value).Order());
        }
        Assert.Equal(Sentences.Keys.Order(StringComparer.Ordinal), Sentences.Keys);
    }

    private static bool IsData(string text) =>
        !Letters().IsMatch(text) || Same.Contains(Bare(text)) || Sentences.GetValueOrDefault(Bare(text)) == Bare(text)
        || Same.Contains(text) || Sentences.GetValueOrDefault(text) == text || Banks.All.Any(b => b.Name == text)
        || Bursar.Core.Corridors.Country.All.Any(c => c.Indonesian == text)
        || Data().IsMatch(text);

    /// <summary>A page's title without what stands around it in every language.</summary>
    private static string Bare(string text) => text
        .Replace("[Test] ", "", StringComparison.Ordinal).Replace(" – Bursar", "", StringComparison.Ordinal).TrimStart('·', ' ');

    private async Task<Dictionary<string, HashSet<string>>> Read(PageClient browser)
    {
        var pages = new Dictionary<string, HashSet<string>>();
        foreach (var route in Routes().Where(r => r != "/test/developers/reference")) // the contract, in the API's own language
        {
            var body = (await browser.Get(route)).Body;
            body = Hidden().Replace(body, "");
            pages[route] = [.. TextNodes().Matches(body).Select(m => WebUtility.HtmlDecode(m.Groups[1].Value).Trim())
                .Concat(Attributes().Matches(body).Select(m => WebUtility.HtmlDecode(m.Groups[1].Value).Trim())).Where(t => t.Length > 0)];
        }
        return pages;
    }

    /// <summary>Every page below /test that needs no id.</summary>
    private IEnumerable<string> Routes() => product.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
        .Where(e => e.Metadata.GetMetadata<ComponentTypeMetadata>() is not null)
        .Where(e => e.RoutePattern.Parameters.Count == 1 && e.RoutePattern.RawText!.StartsWith("/{Mode", StringComparison.Ordinal))
        .Select(e => "/test/" + e.RoutePattern.RawText!.Split('/', 3, StringSplitOptions.RemoveEmptyEntries)[1..]
            .Aggregate((a, b) => $"{a}/{b}")).Distinct();

    [GeneratedRegex(">([^<>]+)<")]
    private static partial Regex TextNodes();

    [GeneratedRegex("(?:aria-label|placeholder|title)=\"([^\"]+)\"")]
    private static partial Regex Attributes();

    // Code, times, options of the long lists and whatever is marked as data.
    [GeneratedRegex(
        "<(script|style|code|time|svg)[^>]*>.*?</\\1>"
        + "|<select id=\"f-(zone|country|bankCode|settlementAccount\\.bankCode)\".*?</select>",
        RegexOptions.Singleline)]
    private static partial Regex Hidden();

    [GeneratedRegex("[A-Za-z]{3,}")]
    private static partial Regex Letters();

    // Ids, addresses, codes in capitals, names that a test gave; an event's own line is the API's, in English.
    [GeneratedRegex(
        "^(\\w+_[0-9a-z…]+|[A-Za-z0-9_-]{43}|[\\w.+-]+@[\\w.-]+|https?://\\S+|/\\S+|[A-Z0-9_]+|w[0-9a-f]{32}|P[0-9a-f]{24}|[a-z_]+(\\.[a-z_*]+)+|.*Test key.*"
        + "|(GET|POST) /\\S+|(Transfer|Top-up) of Rp .*|Member .* was .*"
        + "|\\d{1,2} [A-Z][a-z]{2}( \\d{4})?|[A-Z][a-z]{2} \\d{1,2}, \\d{4})$")]
    private static partial Regex Data();

    [GeneratedRegex("\\{\\d+\\}")]
    private static partial Regex Holes();
}
