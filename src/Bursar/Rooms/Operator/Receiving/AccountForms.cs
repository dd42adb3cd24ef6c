using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Statements;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyIn;
using Bursar.Platform.Pages;
using Bursar.Platform.Statements;

namespace Bursar.Rooms.Operator.Receiving;

/// <summary>What the pages of receiving accounts post.</summary>
public static class AccountForms
{
    private const string Home = "/operator/receiving-accounts";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapOperatorForm("receiving-accounts", Add);
        routes.MapOperatorForm("receiving-accounts/{account}/activation", post => Switch(post, active: true));
        routes.MapOperatorForm("receiving-accounts/{account}/deactivation", post => Switch(post, active: false));
        routes.MapOperatorForm("receiving-accounts/{mode:regex(^(live|test)$)}/{account}/format", SaveFormat);
    }

    private static async Task Add(PagePost post)
    {
        var added = await post.Get<KeepAccounts>().Add(Desk.Of(post), new ReceivingAccounts.Draft(
            post.Text("bankCode").ToLowerInvariant(), post.Text("bankName"), post.Text("account"), post.Text("holder"),
            post.TextOrNull("vaPrefix")));
        if (added.Ok) await post.Done(Home, $"{added.Value.BankName} {added.Value.Account} takes live top-ups now");
        else await post.Again<ReceivingAccountsPage>(added.Error);
    }

    private static async Task Switch(PagePost post, bool active)
    {
        var switched = await post.Get<KeepAccounts>().Switch(Desk.Of(post), Account(post), active);
        if (switched.Ok) await post.Done(Home, active ? "The account takes top-ups again" : "The account takes no new top-ups");
        else await post.Again<ReceivingAccountsPage>(switched.Error);
    }

    private static async Task SaveFormat(PagePost post)
    {
        var mode = post.Http.GetRouteValue("mode")?.ToString() == "live" ? Mode.Live : Mode.Test;
        var saved = await post.Get<KeepAccounts>().SaveFormat(Desk.Of(post), mode, Account(post), FormatOf(post));
        if (saved.Ok) await post.Done("/operator/statements", $"CSV statements of {saved.Value.BankName} are read this way");
        else await post.Again<CsvFormatPage>(saved.Error, new() { ["Mode"] = Json.Name(mode), ["Account"] = Account(post) });
    }

    private static CsvFormat FormatOf(PagePost post) => new(new CsvMapping
    {
        Date = post.Text("date"),
        DateFormat = post.Text("dateFormat"),
        DecimalMark = post.Text("decimalMark") is [var mark] ? mark : ' ',
        Amount = post.TextOrNull("amount"),
        Debit = post.TextOrNull("debit"),
        Credit = post.TextOrNull("credit"),
        Direction = post.TextOrNull("direction"),
        Balance = post.TextOrNull("balance"),
        Reference = post.TextOrNull("reference"),
        Counterparty = post.TextOrNull("counterparty"),
        CounterpartyAccount = post.TextOrNull("counterpartyAccount"),
        Description = post.Lines("description"),
        Delimiter = post.Text("delimiter") switch { "tab" => '\t', [var one] => one, _ => null },
        HasHeader = post.Text("noHeader") != "true",
        SkipLines = Number(post, "skipLines"),
        SkipLastRows = Number(post, "skipLastRows"),
        NewestFirst = post.Text("newestFirst") == "true",
    }, post.Text("encoding") == "windows1252" ? StatementEncoding.Windows1252 : StatementEncoding.Utf8);

    /// <summary>A number that makes no sense is one that the mapping refuses.</summary>
    private static int Number(PagePost post, string name) => post.TextOrNull(name) is not { } text ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : -1;

    private static string Account(PagePost post) => post.Http.GetRouteValue("account")?.ToString() ?? "";
}
