using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Bursar.Tests.Given;
using Xunit;

namespace Bursar.Tests.Rails;

/// <summary>Payments that leave in a file for the bank and are settled by its statement.</summary>
[Collection(RailInstallation.Name)]
public sealed partial class BankFileRailTests(RailInstallation installation) : PayoutRailContract(installation)
{
    private static int made;
    private string rail = "";

    protected override string Adapter => "bankfile";
    protected override bool IsAsked => false;
    protected override string AccountOf(Fate fate) => "5270997481";

    protected override async Task<Workspace> Open()
    {
        (rail, _) = await Desk.SetUp("bankfile", $"bca{Interlocked.Increment(ref made)}", "live",
            ("debtorName", "PT Operator Bayar"), ("debtorAccount", "9876543210"), ("debtorBic", "CENAIDJA"));
        await Desk.Route("live", "money_transfer", rail);
        return await Installation.Workspace();
    }

    protected override async Task Meet(Workspace w, string transfer, Fate fate)
    {
        (await MakeFile()).Is(HttpStatusCode.Redirect);
        if (fate == Fate.Refused)
        {
            (await Desk.Tell(w, transfer, "live", "failed", ("reason", "INACTIVE_ACCOUNT"))).Is(HttpStatusCode.Redirect);
            return;
        }
        var bank = await StatementDesk.Open(Installation.Product);
        var paid = StatementDesk.Csv(90_000, Line(transfer, -50_000));
        await bank.Takes(paid);
        // The same statement again says nothing new.
        await bank.Takes(paid);
        if (fate == Fate.Returned) await bank.Takes(StatementDesk.Csv(40_000, Line(transfer, 50_000, day: 1)));
        Assert.DoesNotContain(await bank.Lines(), l => l.State is "out" or "suspense");
    }

    [Fact]
    public async Task a_payment_is_in_one_file_ever_and_a_file_is_the_same_bytes_ever_after()
    {
        var w = await Open();
        var ids = new List<string>();
        for (var i = 0; i < 5; i++)
            ids.Add((await w.Transfer(50_000 + i)).Is(HttpStatusCode.Created).Text("id"));
        foreach (var id in ids) await Handed(w, id);
        // One of them is ended by hand before: it is in no file.
        (await Desk.Tell(w, ids[4], "live", "failed", ("reason", "REFUSED"))).Is(HttpStatusCode.Redirect);
        var asked = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => MakeFile()));
        Assert.Single(asked, a => a.Status == HttpStatusCode.Redirect);
        Assert.Equal(3, asked.Count(a => a.Status == HttpStatusCode.Conflict));

        var file = FileLink().Match((await Desk.Browser.Get("/operator/payouts?show=files")).Body).Value;
        var bytes = (await Desk.Browser.Get(file)).Is(HttpStatusCode.OK);
        XNamespace pain = Core.Payments.Pain001.Namespace;
        var named = XDocument.Parse(bytes.Body).Descendants(pain + "EndToEndId").Select(e => e.Value).ToList();
        Assert.Equal(ids.Take(4).Select(OperatorDesk.Reference).Order(), named.Order());
        Assert.Equal(bytes.Body, (await Desk.Browser.Get(file)).Body);
        Assert.Equal("200006", XDocument.Parse(bytes.Body).Descendants(pain + "CtrlSum").First().Value);

        var later = (await w.Transfer(60_000)).Text("id");
        await Handed(w, later);
        (await MakeFile()).Is(HttpStatusCode.Redirect);
        var second = FileLink().Match((await Desk.Browser.Get("/operator/payouts?show=files")).Body).Value;
        Assert.Equal([OperatorDesk.Reference(later)],
            XDocument.Parse((await Desk.Browser.Get(second)).Body).Descendants(pain + "EndToEndId").Select(e => e.Value));
        await Valid(bytes.Body);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_line_of_another_amount_or_another_id_settles_nothing()
    {
        var (w, id) = await Send(Fate.Paid);
        await Handed(w, id);
        (await MakeFile()).Is(HttpStatusCode.Redirect);
        var bank = await StatementDesk.Open(Installation.Product);
        await bank.Takes(StatementDesk.Csv(500_000, Line(id, -50_001), Line(id, -49_999), new CsvLine(Day, "NOTPROVIDED", -50_000),
            new CsvLine(Day, $"{Guid.CreateVersion7():N}", -50_000), new CsvLine(Day, $"{OperatorDesk.Reference(id)}0", -50_000)));
        Assert.All(await bank.Lines(), l => Assert.Equal("out", l.State));
        Assert.Equal("executing", (await w.Api.Get($"/v1/transfers/{id}")).Text("state"));
    }

    [Fact]
    public async Task an_e_wallet_is_not_reached_and_nothing_is_held()
    {
        var w = await Open();
        (await w.Api.Post("/v1/transfers", new { amount = 50_000, bankCode = "gopay", accountNumber = "081234567890" }))
            .Refuses("rail_missing");
        Assert.Equal((0, 10_000_000), await Deposit(w));
    }

    [Fact]
    public async Task the_statement_that_the_operator_imports_settles_the_file()
    {
        var (w, id) = await Send(Fate.Paid);
        await Handed(w, id);
        (await MakeFile()).Is(HttpStatusCode.Redirect);
        var bank = await StatementDesk.Open(Installation.Product);
        var statement = $":20:X\n:25:{bank.Account}\n:28C:1/1\n:60F:C260302IDR80000,\n:61:2603020302D50000,NTRFX//B-1\n"
            + $":86:/EREF/{OperatorDesk.Reference(id)}/REMI/Supplier\n:62F:C260302IDR30000,\n";
        for (var again = 0; again < 2; again++)
        {
            (await bank.Pages.Upload("/operator/statements", "file", System.Text.Encoding.UTF8.GetBytes(statement), "text/plain",
                ("account", $"live:{bank.Account}"), ("format", "mt940"))).Is(HttpStatusCode.Redirect);
            Assert.Equal("succeeded", (await w.Api.Get($"/v1/transfers/{id}")).Text("state"));
        }
        Assert.Equal(("paid", -50_000), (Assert.Single(await bank.Lines()).State, (await bank.Lines())[0].Amount));
        await w.BooksAreRight();
    }

    private Task<Answer> MakeFile() => Desk.Post("/operator/payouts/files", ("rail", rail));

    private static readonly DateOnly Day = new(2026, 3, 1);

    private static CsvLine Line(string transfer, long amount, int day = 0) =>
        new(Day.AddDays(day), $"TRSF {OperatorDesk.Reference(transfer)}", amount, "B-1");

    /// <summary>The bank's own schema, where it and xmllint are here.</summary>
    private static async Task Valid(string xml)
    {
        var schema = Path.Combine(Repository.Root, "../shared/data/iso20022/pain.001.001.03.xsd");
        if (!File.Exists(schema)) return;
        var path = Path.GetTempFileName();
        await File.WriteAllTextAsync(path, xml);
        try
        {
            using var xmllint = Process.Start(new ProcessStartInfo("xmllint", ["--noout", "--nonet", "--schema", schema, path])
            { RedirectStandardError = true })!;
            var said = await xmllint.StandardError.ReadToEndAsync();
            await xmllint.WaitForExitAsync();
            Assert.True(xmllint.ExitCode == 0, said);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // Not installed: Core.Tests say so.
        }
        finally
        {
            File.Delete(path);
        }
    }

    [GeneratedRegex("/operator/payouts/files/[0-9a-f]{32}")]
    private static partial Regex FileLink();
}
