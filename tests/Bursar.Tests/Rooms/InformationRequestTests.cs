using System.Net;
using System.Text.Json.Nodes;
using Bursar.Core.Access;
using Bursar.Tests.Given;

namespace Bursar.Tests.Rooms;

/// <summary>A bank abroad wants to know more: asked, answered, ended, and never a word about the money.</summary>
public sealed class InformationRequestTests(Product product)
{
    [Fact]
    public async Task a_question_holds_the_transfer_where_it_is_and_is_told_to_those_who_may_answer()
    {
        var w = await (await product.Workspace()).WithDeposit(50_000_000);
        var email = await w.Person(Role.Maker);
        var (transfer, question) = await w.AskedAbroad();
        var balance = (await w.Api.Get("/v1/balances")).Body;
        var asked = await w.Api.Get($"/v1/information-requests/{question}");
        Assert.Equal(("open", "rail", transfer), (asked.Text("state"), asked.Text("askedBy"), asked.Text("transferId")));
        Assert.True(asked.Json["dueAt"]!.GetValue<DateTimeOffset>() > asked.Json["askedAt"]!.GetValue<DateTimeOffset>().AddDays(2));
        Assert.Equal("executing", (await w.Api.Get($"/v1/international-transfers/{transfer}")).Text("state"));
        var told = await Event(w, "international_transfer.information_requested");
        Assert.True(JsonNode.DeepEquals(asked.Json, told["data"]));

        var home = (await (await w.AdminPages()).Get("/test/home")).Is(HttpStatusCode.OK).Body;
        Assert.Contains($"/test/international?id={transfer}", home);
        Assert.Contains("A question about a transfer abroad", home);
        var reader = await w.SignIn(await w.Person(Role.Approver), "");
        (await reader.Get($"/v1/information-requests/{question}")).Is(HttpStatusCode.OK);
        var mail = await Mailed(email);
        Assert.Contains($"/test/international?id={transfer}", mail);
        Assert.DoesNotContain("What was this payment for", mail);
        // Asked for again meanwhile, it is still known to be with its bank.
        await Queried(w);

        (await w.Api.Post($"/v1/information-requests/{question}/answer", new { answer = "It pays school fees." })).Is(HttpStatusCode.OK);
        Assert.Equal(balance, (await w.Api.Get("/v1/balances")).Body);
        Assert.Equal("executing", (await w.Api.Get($"/v1/international-transfers/{transfer}")).Text("state"));
        Assert.DoesNotContain("A question about a transfer abroad", (await (await w.AdminPages()).Get("/test/home")).Body);
        (await w.Api.Post($"/v1/test/disbursements/{transfer}/outcome", new { outcome = "succeeded" })).Is(HttpStatusCode.OK);
        Assert.Equal("closed", (await w.Api.Get($"/v1/information-requests/{question}")).Text("state"));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task an_answer_is_given_once_with_files_of_its_own_and_no_event_carries_its_words()
    {
        var w = await (await product.Workspace()).WithDeposit(50_000_000);
        var (transfer, question) = await w.AskedAbroad();
        var path = $"/v1/information-requests/{question}/answer";
        var (mine, taken) = (await w.Attachment(), (string)(await TakenFile(w)));
        foreach (var (answer, files) in new (string, string[])[]
            {
                ("", []), (" ", []), ("a\u202Eb", []), (new string('x', 2001), []), ("Fine", [taken]), ("Fine", [mine, mine]),
                ("Fine", [await (await product.Workspace()).Attachment()]), ("Fine", [mine, mine, mine, mine, mine, mine]),
            })
            (await w.Api.Post(path, new { answer, attachmentIds = files })).Refuses("validation_failed");
        Assert.Equal("open", (await w.Api.Get($"/v1/information-requests/{question}")).Text("state"));

        var (key, said) = (Guid.CreateVersion7().ToString("N"), new { answer = "Line one\nQuokka invoice", attachmentIds = new[] { mine } });
        var first = (await w.Api.Post(path, said, key)).Is(HttpStatusCode.OK);
        Assert.Equal("answered", first.Text("state"));
        Assert.Equal(first.Body, (await w.Api.Post(path, said, key)).Is(HttpStatusCode.OK).Body);
        (await w.Api.Post(path, new { answer = "Another" }, key)).Refuses("idempotency_key_reused");
        var late = (await w.Api.Post(path, new { answer = "Another" })).Refuses("already_resolved");
        Assert.Equal("Test key", late.Json["winner"]!["by"]!.GetValue<string>());
        Assert.Equal(1, await w.Facts("international_transfer.information_answered"));
        Assert.DoesNotContain("Quokka", (await w.Api.Get("/v1/events")).Body);

        // The dashboard shows both, and hands the file out as a file.
        var pages = await w.AdminPages();
        Assert.Contains("Quokka invoice", (await pages.Get($"/test/international?id={transfer}")).Body);
        var file = (await pages.Get($"/test/international/questions/{question}/file?id={mine}")).Is(HttpStatusCode.OK);
        Assert.Equal("application/octet-stream", file.Headers["Content-Type"]);
        (await pages.Get($"/test/international/questions/{question}/file?id={taken}")).Is(HttpStatusCode.NotFound);
        (await (await (await product.Workspace()).AdminPages()).Get($"/test/international/questions/{question}/file?id={mine}"))
            .Is(HttpStatusCode.NotFound);

        // So does the evidence, for those who may take it along.
        var evidence = (await w.Api.Get($"/v1/international-transfers/{transfer}/evidence")).Is(HttpStatusCode.OK);
        var proof = Assert.Single(evidence.Json["questions"]!.AsArray())!;
        Assert.Equal(("Line one\nQuokka invoice", "Test key", "invoice.pdf"), (proof["answer"]!.GetValue<string>(),
            proof["answeredBy"]!.GetValue<string>(), proof["files"]![0]!.GetValue<string>()));
        Assert.Contains(evidence.Json["journal"]!.AsArray(), e => e!["type"]!.GetValue<string>() == "international_transfer.information_answered");
        Assert.Contains("Quokka invoice", PdfReader.Text(await w.Api.File($"/v1/international-transfers/{transfer}/evidence.pdf")));
        (await (await w.Member(Role.CustomerService)).Get($"/v1/international-transfers/{transfer}/evidence")).Refuses("permission_denied");
    }

    [Fact]
    public async Task of_many_answers_at_once_one_counts()
    {
        var w = await (await product.Workspace()).WithDeposit(50_000_000);
        var (_, question) = await w.AskedAbroad();
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(n =>
            w.Api.Post($"/v1/information-requests/{question}/answer", new { answer = $"Answer {n}" })));
        Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.Equal(7, answers.Count(a => a.Status == HttpStatusCode.Conflict));
        Assert.Equal(1, await w.Facts("international_transfer.information_answered"));
    }

    [Fact]
    public async Task nobody_else_answers_and_another_workspace_finds_nothing()
    {
        var w = await (await product.Workspace()).WithDeposit(50_000_000);
        var (transfer, question) = await w.AskedAbroad();
        var path = $"/v1/information-requests/{question}";
        foreach (var role in new[] { Role.Approver, Role.Reviewer, Role.CustomerService })
        {
            var member = await w.Member(role);
            (await member.Get(path)).Is(HttpStatusCode.OK);
            (await member.Post($"{path}/answer", new { answer = "Mine" })).Refuses("permission_denied");
        }
        var stranger = await product.Workspace();
        (await stranger.Api.Get(path)).Refuses("not_found");
        (await stranger.Api.Post($"{path}/answer", new { answer = "Mine" })).Refuses("not_found");
        Assert.Empty((await stranger.Api.Get($"/v1/information-requests?transferId={transfer}")).Json["data"]!.AsArray());
        Assert.Equal("open", (await w.Api.Get(path)).Text("state"));
        (await (await w.Member(Role.Maker)).Post($"{path}/answer", new { answer = "Mine" })).Is(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData("succeeded")]
    [InlineData("failed")]
    public async Task a_transfer_that_has_ended_waits_for_no_answer(string outcome)
    {
        var w = await (await product.Workspace()).WithDeposit(50_000_000);
        var (transfer, question) = await w.AskedAbroad();
        (await w.Api.Post($"/v1/test/disbursements/{transfer}/outcome", new { outcome })).Is(HttpStatusCode.OK);
        Assert.Equal("withdrawn", (await w.Api.Get($"/v1/information-requests/{question}")).Text("state"));
        (await w.Api.Post($"/v1/information-requests/{question}/answer", new { answer = "Late" })).Refuses("state_conflict");
        Assert.Empty((await w.Api.Get("/v1/information-requests?state=open")).Json["data"]!.AsArray());
        await w.BooksAreRight();
    }

    [Fact]
    public async Task an_answer_that_is_due_is_shown_as_overdue_and_nothing_fails_by_itself()
    {
        var w = await (await product.Workspace()).WithDeposit(50_000_000);
        var (transfer, question) = await w.AskedAbroad();
        Assert.True(InformationRequestId.TryParse(question, out var id));
        await product.Execute("update bursar.information_requests set due_at = now() - interval '1 minute' where request_id = $1", id.Value);
        var pages = await w.AdminPages();
        foreach (var page in new[] { $"/test/international?id={transfer}", "/test/international/questions" })
            Assert.Contains("Overdue", (await pages.Get(page)).Is(HttpStatusCode.OK).Body);
        Assert.Contains("The answer is overdue", (await pages.Get("/test/home")).Body);
        Assert.Equal("executing", (await w.Api.Get($"/v1/international-transfers/{transfer}")).Text("state"));
        (await w.Api.Post($"/v1/information-requests/{question}/answer", new { answer = "Late, but here" })).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task a_member_answers_in_the_drawer_and_what_was_typed_survives_a_refused_file()
    {
        var w = await (await product.Workspace()).WithDeposit(50_000_000);
        var (transfer, question) = await w.AskedAbroad();
        var pages = await w.AdminPages();
        await pages.Get($"/test/international?id={transfer}");
        var path = $"/test/international/questions/{question}/answer";
        (string, string)[] said = [("question", question), ("answer", "It pays invoice 2291")];
        var refused = await pages.Upload(path, "attachment", "invoice.exe", Abroad.Invoice, said);
        Assert.Contains("It pays invoice 2291", refused.Is(HttpStatusCode.UnprocessableEntity).Body);
        Assert.Equal($"/test/international?id={transfer}",
            (await pages.Upload(path, "attachment", "invoice.pdf", Abroad.Invoice, said)).Is(HttpStatusCode.Redirect).Headers["Location"]);
        var shown = (await pages.Get($"/test/international?id={transfer}")).Body;
        Assert.Contains("invoice.pdf", shown);
        Assert.DoesNotContain("Send answer", shown);
        (await pages.Post(path, said)).Is(HttpStatusCode.Conflict);
    }

    /// <summary>Waits until the rail was asked once more what became of the transfer.</summary>
    private static async Task Queried(Workspace w)
    {
        for (var i = 0; i < 400 && await w.Facts("disbursement.queried") == 0; i++) await Task.Delay(50);
        Assert.Equal(0, await w.Facts("international_transfer.unknown"));
        Assert.True(await w.Facts("disbursement.queried") > 0);
    }

    /// <summary>A file that a transfer has.</summary>
    private static async Task<string> TakenFile(Workspace w) =>
        (await w.Api.Post("/v1/international-transfers", await w.Wanted("SGP", Core.Corridors.CorridorType.B2b)))
            .Is(HttpStatusCode.Created).Text("attachmentId");

    private static async Task<JsonNode> Event(Workspace w, string type) =>
        (await w.Api.Get("/v1/events")).Json["data"]!.AsArray().Single(e => e!["type"]!.GetValue<string>() == type)!;

    private async Task<string> Mailed(string email)
    {
        for (var i = 0; i < 400; i++)
        {
            if ((await product.MessagesTo(email)).FirstOrDefault(m => m.Contains("/international?id=", StringComparison.Ordinal)) is { } mail)
                return mail;
            await Task.Delay(50);
        }
        Assert.Fail($"nothing was mailed to {email}");
        return "";
    }
}
