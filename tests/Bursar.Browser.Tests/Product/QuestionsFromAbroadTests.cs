using Bursar.Browser.Tests.Harness;
using Bursar.Core.Corridors;
using Bursar.Core.Tests;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>A bank abroad wants to know more: who may answer finds the question on Home and answers it, and the operator reads it.</summary>
[Collection(ProductFixture.Name)]
public sealed class QuestionsFromAbroadTests(RealBrowser browser, ProductFixture product)
{
    private const string AccountThatIsAskedAbout = "5270990007";

    [Theory, InlineData(true), InlineData(false)]
    public async Task a_question_is_found_on_home_answered_with_a_file_and_read_by_the_operator(bool script)
    {
        var transfer = await Send();
        await using var tab = await browser.Open(product.Address, script: script, cookies: [(await product.As("maker")).Cookie]);
        var question = tab.Page.Locator("#drawer .question");
        for (var i = 0; i < 100; i++)
        {
            await tab.Go($"/test/international?id={transfer}");
            if (await question.CountAsync() > 0) break;
            await Task.Delay(100);
        }
        await tab.Go("/test/home");
        await Assertions.Expect(tab.Page.Locator("main")).ToContainTextAsync("A question about a transfer abroad");
        await tab.Page.ClickAsync("main a:has-text(\"A question about a transfer abroad\")");
        await Assertions.Expect(question).ToContainTextAsync("The other side asks");
        await tab.Shot(script ? "p-question" : "p-question-plain");
        await question.Locator(".btn.primary").ClickAsync();
        await Assertions.Expect(tab.Page.Locator("#f-answer-m")).ToBeVisibleAsync();
        await tab.Page.FillAsync("#f-answer", "It pays school fees.");
        await tab.Page.SetInputFilesAsync("#f-attachment", new FilePayload
        {
            Name = "enrolment.pdf", MimeType = "application/pdf", Buffer = "%PDF-1.7"u8.ToArray(),
        });
        await question.Locator(".btn.primary").ClickAsync();
        await Assertions.Expect(question).ToContainTextAsync("It pays school fees.");
        await Assertions.Expect(question).ToContainTextAsync("enrolment.pdf");
        await tab.Go("/test/home");
        Assert.DoesNotContain("A question about a transfer abroad", await tab.Page.ContentAsync(), StringComparison.Ordinal);

        await using var desk = await browser.Open(product.Address, script: script, cookies: [(await product.As("operator")).Cookie]);
        await desk.Go("/operator/international?mode=test");
        await desk.Page.Locator("tbody tr", new() { HasText = "Answered" }).First.Locator("a").ClickAsync();
        await Assertions.Expect(desk.Page.Locator("main")).ToContainTextAsync("It pays school fees.");
        await desk.Page.ClickAsync("button:has-text(\"Close the question\")");
        await Assertions.Expect(desk.Page.Locator("button:has-text(\"Close the question\")")).ToHaveCountAsync(0);
        await product.Post("admin", $"/v1/test/disbursements/{transfer}/outcome", new { outcome = "succeeded" });
    }

    /// <summary>A maker's transfer that an approver let go, to an account that its bank asks about.</summary>
    private async Task<string> Send()
    {
        var corridor = Corridor.Find("SGP")!;
        var form = CorridorForm.Of(corridor, CorridorType.C2c)!;
        var beneficiary = FieldSamples.Of(corridor, form.Beneficiary);
        beneficiary["accountNumber"] = AccountThatIsAskedAbout;
        var quote = await product.Post("maker", "/v1/quotes",
            new { country = "SGP", currency = corridor.Currency.Code, amount = corridor.Min, type = "c2c" });
        var transfer = await product.Post("maker", "/v1/international-transfers", new
        {
            quoteId = quote, type = "c2c", beneficiary, sender = FieldSamples.Of(corridor, form.Sender),
        });
        var approval = (await product.List("approver", "/v1/approvals?state=pending")).First(a =>
            a.GetProperty("subject").GetProperty("id").GetString() == transfer);
        await product.Post("approver", $"/v1/approvals/{approval.GetProperty("id").GetString()}/decision",
            new { verdict = "approve", contentHash = approval.GetProperty("contentHash").GetString() });
        return transfer;
    }
}
