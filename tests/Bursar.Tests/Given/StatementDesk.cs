using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Bursar.Core.Access;
using Bursar.Platform.Access;
using Bursar.Platform.MoneyIn;
using Bursar.Platform.Statements;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace Bursar.Tests.Given;

/// <summary>A line of a bank's CSV; the balance column is written by the desk.</summary>
public sealed record CsvLine(DateOnly Day, string Text, long Amount, string Reference = "");

/// <summary>
/// An operator in a browser with a live receiving account that no other test has, and the bank's CSV files of it.
/// </summary>
public sealed partial class StatementDesk
{
    private readonly Product product;

    private StatementDesk(Product product, PageClient pages, string bank, string account) =>
        (this.product, Pages, Bank, Account) = (product, pages, bank, account);

    public PageClient Pages { get; }
    public string Bank { get; }
    public string Account { get; }

    /// <summary>Today as banks here write it.</summary>
    public static DateOnly Today => DateOnly.FromDateTime(DateTime.UtcNow.AddHours(7));

    public static async Task<PageClient> Operator(Product product)
    {
        var email = $"op{Guid.CreateVersion7():N}@example.test";
        Assert.True((await product.Services.GetRequiredService<OperatorSessions>().Make(email, "Op", Workspace.Password)).Ok);
        var pages = new PageClient(product.Address, PageClient.FreshAddress());
        (await pages.SignIn(email)).Is(HttpStatusCode.Redirect);
        await pages.Get("/operator/statements");
        return pages;
    }

    public static async Task<StatementDesk> Open(Product product, string? vaPrefix = null)
    {
        var pages = await Operator(product);
        var unique = Guid.CreateVersion7().ToString("N");
        var account = string.Concat(unique.Select(c => (char)('0' + (c % 10))))[^16..];
        var desk = new StatementDesk(product, pages, $"b{unique[^12..]}", account);
        (await pages.Post("/operator/receiving-accounts", ("bankCode", desk.Bank), ("bankName", "Bank Uji"), ("account", account),
            ("holder", "PT Operator"), ("vaPrefix", vaPrefix ?? ""))).Is(HttpStatusCode.Redirect);
        (await pages.Post($"/operator/receiving-accounts/live/{account}/format", ("date", "Date"), ("dateFormat", "yyyy-MM-dd"),
            ("decimalMark", "."), ("amount", "Amount"), ("balance", "Balance"), ("description", "Text"), ("reference", "Reference")))
            .Is(HttpStatusCode.Redirect);
        return desk;
    }

    /// <summary>A workspace with a live key.</summary>
    public async Task<(Workspace Workspace, Client Live)> Customer()
    {
        var workspace = await product.Workspace();
        var admin = workspace.Admin with { Book = workspace.Book with { Mode = Mode.Live } };
        var key = await product.Services.GetRequiredService<ApiKeys>().Create(admin, new NewApiKey("Live", KeyScope.Full));
        return (workspace, new Client(product.Address, key.Value.Key!));
    }

    public async Task<Answer> TopUp(Client live, long amount, string? channel = null) =>
        (await live.Post("/v1/top-ups", channel is null ? new { amount, bankCode = Bank } : new { amount, bankCode = Bank, channel }))
            .Is(HttpStatusCode.Created);

    /// <summary>The bank's file of these lines, each with the balance after it.</summary>
    public static string Csv(long opening, params IEnumerable<CsvLine> lines)
    {
        var text = new StringBuilder("Date,Text,Reference,Amount,Balance\n");
        foreach (var line in lines)
        {
            opening += line.Amount;
            text.Append(CultureInfo.InvariantCulture,
                $"{line.Day:yyyy-MM-dd},{line.Text},{line.Reference},{line.Amount},{opening}\n");
        }
        return text.ToString();
    }

    public Task<Answer> Import(string csv) => Pages.Upload("/operator/statements", "file", Encoding.UTF8.GetBytes(csv), "text/csv",
        ("account", $"live:{Account}"), ("format", "csv"));

    public async Task Takes(string csv) => (await Import(csv)).Is(HttpStatusCode.Redirect);

    /// <summary>The account's lines as the house book has them.</summary>
    public async Task<List<(string Id, long Amount, string Text, string State)>> Lines()
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        return (await connection.QueryAsync<(Guid Id, long Amount, string Text, string State)>("""
            select line_id, amount, description, state from bursar.statement_lines where account = @Account
            order by booked_on, amount, description
            """, new { Account })).Select(l => (new StatementLineId(l.Id).ToString(), l.Amount, l.Text, l.State)).ToList();
    }

    public async Task<string> OnlyLine(long amount) => (await Lines()).Single(l => l.Amount == amount).Id;

    public async Task<AccountProof> Proof(DateOnly day)
    {
        var account = await product.Services.GetRequiredService<ReceivingAccounts>().Find(Mode.Live, Account);
        return await product.Services.GetRequiredService<StatementReads>().Proof(account!, day);
    }

    public Task<Answer> Decide(string line, string what, params (string Name, string Value)[] fields) =>
        Pages.Post($"/operator/suspense/live/{line}/{what}", fields);

    /// <summary>What a page says went wrong.</summary>
    public static string Said(Answer page) =>
        Regex.Replace(WebUtility.HtmlDecode(Alert().Match(page.Body).Value), "<[^>]+>|\\s+", " ").Trim();

    [GeneratedRegex("<div class=\"alert\".*?</div>", RegexOptions.Singleline)]
    private static partial Regex Alert();
}
