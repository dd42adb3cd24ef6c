using System.Net;
using Bursar.Core.Access;
using Bursar.Tests.Given;
using Xunit;

namespace Bursar.Tests.Rooms;

/// <summary>What a business can show of a transfer: to whom it paid the receipt, to an auditor the evidence (PRODUCT P9).</summary>
public sealed class ReceiptAndEvidenceTests(Product product)
{
    private async Task<(Workspace W, string Transfer)> Paid(params string[] recipients)
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var sent = (await w.Api.Post("/v1/transfers", new
        {
            amount = 250_000, bankCode = "bca", accountNumber = "5270997481", remark = "Invoice (22)", reference = "inv-22",
            recipientEmails = recipients.Length > 0 ? recipients : null,
        })).Is(HttpStatusCode.Created).Text("id");
        await w.Reaches(sent, "succeeded");
        return (w, sent);
    }

    [Fact]
    public async Task a_receipt_says_who_paid_whom_how_much_and_when_and_nothing_of_the_inside()
    {
        var (w, sent) = await Paid();
        var admin = await w.AdminSession();
        (await admin.Patch("/v1/workspace", new { profile = new { legalName = "PT Kopi (Nusantara)", address = "Jl. Braga 1, Bandung",
            contactEmail = "halo@kopi.test" } })).Is(HttpStatusCode.OK);
        var pdf = await w.Api.File($"/v1/transfers/{sent}/receipt.pdf");
        PdfReader.Check(pdf);
        var text = PdfReader.Text(pdf);
        foreach (var fact in new[] { "PT Kopi (Nusantara)", "Jl. Braga 1, Bandung", "halo@kopi.test", "Rp\u00A0250.000",
            "Bank Central Asia", "5270997481",
            "Invoice (22)", sent, "Paid", "[Test] Transfer receipt" })
            Assert.Contains(fact.Replace('\u00A0', ' '), text.Replace('\u00A0', ' '));
        foreach (var inside in new[] { "2.500", "Maker", "simulator", "inv-22" }) Assert.DoesNotContain(inside, text);
        Assert.Equal(pdf, await w.Api.File($"/v1/transfers/{sent}/receipt.pdf"));
        Assert.Equal(2, await w.Facts("export.downloaded"));

        (await admin.Patch("/v1/workspace", new { language = "id" })).Is(HttpStatusCode.OK);
        Assert.Contains("Bukti transfer", PdfReader.Text(await w.Api.File($"/v1/transfers/{sent}/receipt.pdf")));
        var page = (await (await w.AdminPages()).Get($"/test/transfers/{sent}/receipt")).Is(HttpStatusCode.OK).Body;
        Assert.Contains("5270997481", page);
        Assert.Contains("Bukti transfer", page);
    }

    [Fact]
    public async Task one_that_came_back_says_so_and_one_that_was_not_paid_has_none()
    {
        var (w, sent) = await Paid();
        (await w.Api.Post($"/v1/test/disbursements/{sent}/outcome", new { outcome = "reversed" })).Is(HttpStatusCode.OK);
        var text = PdfReader.Text(await w.Api.File($"/v1/transfers/{sent}/receipt.pdf"));
        Assert.Contains("Returned on", text);
        var failed = (await w.Transfer(50_000, "990000")).Text("id");
        await w.Reaches(failed, "failed");
        (await w.Api.Get($"/v1/transfers/{failed}/receipt.pdf")).Refuses("state_conflict");
        var pages = await w.AdminPages();
        Assert.Contains("Only a transfer that was paid has a receipt.",
            (await pages.Get($"/test/transfers/{failed}/receipt")).Is(HttpStatusCode.Conflict).Body);
        Assert.Contains("The bank sent this money back.", (await pages.Get($"/test/transfers/{sent}/receipt")).Is(HttpStatusCode.OK).Body);
        (await (await product.Workspace()).Api.Get($"/v1/transfers/{sent}/receipt.pdf")).Refuses("not_found");
        var service = await w.Member(Role.CustomerService);
        (await service.Get($"/v1/transfers/{sent}/receipt.pdf")).Refuses("permission_denied");
    }

    [Fact]
    public async Task each_recipient_gets_one_mail_with_the_facts_when_it_was_paid()
    {
        var (one, two) = ($"one{Guid.CreateVersion7():N}@example.test", $"two{Guid.CreateVersion7():N}@example.test");
        var (w, sent) = await Paid(one, two, one.ToUpperInvariant());
        foreach (var address in new[] { one, two })
        {
            var mail = Assert.Single(await Mails(address));
            foreach (var fact in new[] { "[Test] ", "sent you Rp\u00A0250.000", "5270997481", sent }) Assert.Contains(fact, mail);
            Assert.DoesNotContain("http", mail);
        }
        var quiet = $"quiet{Guid.CreateVersion7():N}@example.test";
        var failed = (await w.Api.Post("/v1/transfers",
            new { amount = 50_000, bankCode = "bca", accountNumber = "990000", recipientEmails = new[] { quiet } })).Text("id");
        await w.Reaches(failed, "failed");
        // A later one's mail is out: the failed one's would have been before it.
        var later = $"later{Guid.CreateVersion7():N}@example.test";
        (await w.Api.Post("/v1/transfers",
            new { amount = 60_000, bankCode = "bca", accountNumber = "5270997481", recipientEmails = new[] { later } }))
            .Is(HttpStatusCode.Created);
        Assert.Single(await Mails(later));
        Assert.Empty(await product.MessagesTo(quiet));
        Assert.Single(await product.MessagesTo(one));
    }

    [Fact]
    public async Task the_evidence_holds_instruction_decision_people_rail_ledger_and_journal()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        (await w.Api.Post("/v1/policies", new { name = "Cap", dailyLimit = 900_000, scope = new { kinds = new[] { "money_transfer" } } }))
            .Is(HttpStatusCode.Created);
        var (maker, approver, reviewer) = (await w.Member(Role.Maker), await w.Member(Role.Approver), await w.Member(Role.Reviewer));
        var asked = (await maker.Post("/v1/transfers", new { amount = 50_000, bankCode = "bca", accountNumber = "5270997481" }))
            .Is(HttpStatusCode.Created);
        var approval = await approver.Get($"/v1/approvals/{asked.Text("approvalId")}");
        (await approver.Post($"/v1/approvals/{asked.Text("approvalId")}/decision",
            new { verdict = "approve", contentHash = approval.Text("contentHash"), note = "Seen (the) invoice" })).Is(HttpStatusCode.OK);
        await w.Reaches(asked.Text("id"), "succeeded");
        (await w.Api.Post($"/v1/test/disbursements/{asked.Text("id")}/outcome", new { outcome = "reversed" })).Is(HttpStatusCode.OK);

        var pack = (await reviewer.Get($"/v1/transfers/{asked.Text("id")}/evidence")).Is(HttpStatusCode.OK).Json;
        Assert.Equal(approval.Text("contentHash"), pack["contentHash"]!.GetValue<string>());
        Assert.Equal("Maker person", pack["maker"]!["name"]!.GetValue<string>());
        Assert.Contains(pack["decision"]!["rules"]!.AsArray(), r => r!["rule"]!.GetValue<string>() == "EXCEEDS_DAILY_LIMIT");
        var decided = Assert.Single(pack["approvals"]!.AsArray())!;
        Assert.Equal(("Approver person", "Seen (the) invoice", approval.Text("contentHash")),
            (decided["approvedBy"]![0]!["name"]!.GetValue<string>(),
                decided["note"]!.GetValue<string>(),
                decided["contentHash"]!.GetValue<string>()));
        Assert.Equal("simulator", Assert.Single(pack["attempts"]!.AsArray())!["rail"]!.GetValue<string>());
        Assert.Equal(["pending deposit payouts", "pending deposit fees", "post deposit payouts", "post deposit fees",
            "direct payouts deposit", "direct fees deposit"], pack["ledger"]!.AsArray().Select(l => $"{l!["kind"]} {l["debit"]} {l["credit"]}"));
        var journal = pack["journal"]!.AsArray().Select(j => j!["type"]!.GetValue<string>()).ToList();
        foreach (var type in new[] { "approval.pending", "transfer.pending_approval", "approval.resolved", "transfer.approved",
            "disbursement.executing", "transfer.succeeded", "transfer.reversed" }) Assert.Contains(type, journal);
        Assert.Equal(64, pack["journal"]![0]!["hash"]!.GetValue<string>().Length);

        var pdf = await reviewer.File($"/v1/transfers/{asked.Text("id")}/evidence.pdf");
        PdfReader.Check(pdf);
        var text = PdfReader.Text(pdf, "-layout");
        foreach (var fact in new[] { asked.Text("id"), "Seen (the) invoice", "Approver person", "simulator", "Daily cap",
            "transfer.reversed" })
            Assert.Contains(fact, text);
        Assert.Equal(2, await w.Facts("export.downloaded"));
        (await (await w.Member(Role.CustomerService)).Get($"/v1/transfers/{asked.Text("id")}/evidence")).Refuses("permission_denied");
        (await (await product.Workspace()).Api.Get($"/v1/transfers/{asked.Text("id")}/evidence")).Refuses("not_found");
    }

    private async Task<IReadOnlyList<string>> Mails(string address)
    {
        for (var i = 0; i < 120; i++)
        {
            if (await product.MessagesTo(address) is { Count: > 0 } found) return found;
            await Task.Delay(100);
        }
        return [];
    }
}
