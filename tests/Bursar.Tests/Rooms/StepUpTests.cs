using System.Net;
using System.Text.RegularExpressions;
using Bursar.Core.Access;
using Bursar.Platform.Access;
using Bursar.Tests.Given;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Bursar.Tests.Rooms;

public sealed class StepUpTests(Product product)
{
    private const string Asks = "Confirm it is you";

    [Fact]
    public async Task the_api_asks_a_session_and_never_a_key()
    {
        var w = await product.Workspace();
        var admin = await w.AdminSession();
        var key = new { name = "k", scope = "read" };
        var policy = new { name = "p", dailyLimit = 1_000_000 };
        var refused = (await admin.Post("/v1/api-keys", key)).Refuses("otp_required");
        Assert.Equal("password", refused.Json["needs"]![0]!.GetValue<string>());
        (await admin.Post("/v1/policies", policy)).Refuses("otp_required");
        (await admin.Post("/v1/validation-token", new { })).Refuses("otp_required");

        (await admin.Post("/v1/sessions/current/step-up", new { password = "not my password" })).Refuses("otp_invalid");
        (await admin.Post("/v1/api-keys", key)).Refuses("otp_required");
        await admin.StepUp();
        (await admin.Post("/v1/api-keys", key)).Is(HttpStatusCode.Created);
        var made = (await admin.Post("/v1/policies", policy)).Is(HttpStatusCode.Created);
        (await admin.Post("/v1/validation-token", new { })).Is(HttpStatusCode.Created);

        (await w.Api.Post("/v1/policies", policy)).Is(HttpStatusCode.Created);
        (await w.Api.Delete($"/v1/policies/{made.Text("id")}")).Is(HttpStatusCode.OK);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task what_a_session_proved_is_its_own_and_ends_with_it_and_with_time()
    {
        var w = await product.Workspace();
        var (here, there) = (await w.AdminSession(), await w.AdminSession());
        await here.StepUp();
        var key = new { name = "k", scope = "read" };
        (await there.Post("/v1/api-keys", key)).Refuses("otp_required");
        (await here.Post("/v1/api-keys", key)).Is(HttpStatusCode.Created);
        await Older(w, "stepped_up_at", 11);
        (await here.Post("/v1/api-keys", key)).Refuses("otp_required");
        await here.StepUp();
        (await here.Delete("/v1/sessions/current")).Is(HttpStatusCode.NoContent);
        (await (await w.AdminSession()).Post("/v1/api-keys", key)).Refuses("otp_required");
    }

    [Fact]
    public async Task a_live_key_needs_password_and_a_code_that_does_one_act()
    {
        var w = await product.Workspace();
        var admin = await w.AdminSession("live");
        var key = new { name = "k", scope = "read" };
        var needs = (await admin.Post("/v1/api-keys", key)).Refuses("otp_required").Json["needs"]!.AsArray();
        Assert.Equal(["password", "code"], needs.Select(n => n!.GetValue<string>()));
        await admin.StepUp();
        (await admin.Post("/v1/api-keys", key)).Refuses("otp_required");

        var sent = (await admin.Post("/v1/sessions/current/step-up", new { channel = "email" })).Is(HttpStatusCode.OK);
        Assert.DoesNotContain(await w.AdminEmail(), sent.Body);
        var code = await Code(w);
        (await admin.Post("/v1/sessions/current/step-up", new { code = Other(code) })).Refuses("otp_invalid");
        (await admin.Post("/v1/sessions/current/step-up", new { code })).Is(HttpStatusCode.OK);
        var made = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => admin.Post("/v1/api-keys", key)));
        Assert.Single(made, a => a.Status == HttpStatusCode.Created);
        Assert.All(made.Where(a => a.Status != HttpStatusCode.Created), a => a.Refuses("otp_required"));
        (await admin.Post("/v1/sessions/current/step-up", new { code })).Refuses("otp_invalid");
    }

    [Fact]
    public async Task a_code_is_good_once_in_twenty_tries_at_once_and_dead_after_five_wrong_ones()
    {
        var w = await product.Workspace();
        var codes = product.Services.GetRequiredService<OneTimeCodes>();
        var email = await w.AdminEmail();
        var purpose = new CodePurpose(Guid.CreateVersion7(), Guid.CreateVersion7(), "step_up", "test");
        Assert.True((await codes.Send(purpose, CodeChannel.Email, email)).Ok);
        var code = await Code(w);
        Assert.Null(await codes.Take(purpose with { Session = Guid.CreateVersion7() }, code));
        Assert.Null(await codes.Take(purpose with { Name = "phone" }, code));
        Assert.Null(await codes.Take(purpose with { Act = "another act" }, code));
        for (var round = 0; round < 5; round++)
        {
            var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Task.Run(() => codes.Take(purpose, code))));
            Assert.Equal(email, Assert.Single(taken, t => t is not null));
            Assert.True((await codes.Send(purpose, CodeChannel.Email, email)).Ok);
            code = await Code(w);
        }
        Assert.Equal(email, await codes.Take(purpose, code));

        Assert.True((await codes.Send(purpose, CodeChannel.Email, email)).Ok);
        Assert.Equal("rate_limited", (await codes.Send(purpose, CodeChannel.Email, email)).Error.Code.Code);
        code = await Code(w);
        for (var i = 0; i < 5; i++) Assert.Null(await codes.Take(purpose, Other(code)));
        Assert.Null(await codes.Take(purpose, code));
        await CodesOlder(purpose.Person, 1);
        Assert.Equal("rate_limited", (await codes.Send(purpose, CodeChannel.Email, email)).Error.Code.Code);
        await CodesOlder(purpose.Person, 15);
        Assert.True((await codes.Send(purpose, CodeChannel.Email, email)).Ok);
        code = await Code(w);
        await CodesOlder(purpose.Person, 6);
        Assert.Null(await codes.Take(purpose, code));
    }

    [Fact]
    public async Task a_page_asks_on_the_spot_and_comes_back_with_what_was_typed()
    {
        var w = await product.Workspace();
        var client = await w.AdminPages();
        var form = (await client.Get("/test/agents/policies/new")).Is(HttpStatusCode.OK);
        var asked = await client.Submit(form, ("name", "Daily <cap> & more"), ("currency", "IDR"), ("scope.kinds", "agent_spend"),
            ("dailyLimit", "1.000.000"), ("active", "true"));
        Assert.Contains(Asks, asked.Is(HttpStatusCode.Unauthorized).Body);
        Assert.Contains("Confirm with your password to change a policy", asked.Body);
        var again = await client.Submit(asked, ("stepUp.password", "not my password"));
        Assert.Contains("This is not your password", again.Body);
        (await client.Submit(again, ("stepUp.password", Workspace.Password))).Is(HttpStatusCode.Redirect);
        var policy = (await w.Api.Get("/v1/policies")).Json["data"]![0]!;
        Assert.Equal(("Daily <cap> & more", 1_000_000), (policy["name"]!.GetValue<string>(), policy["dailyLimit"]!.GetValue<long>()));
        // Remembered for a while; what is wrong with the act itself is then told on its own page.
        var refused = await client.Submit(await client.Get("/test/agents/policies/new"), ("name", ""), ("dailyLimit", "5"));
        Assert.DoesNotContain(Asks, refused.Is(HttpStatusCode.UnprocessableEntity).Body);
    }

    [Fact]
    public async Task a_live_key_by_page_takes_password_then_code()
    {
        var w = await product.Workspace();
        var client = await w.AdminPages();
        var asked = await client.Submit(await client.Get("/live/developers"), ("name", "Shop"), ("scope", "read"));
        Assert.Contains("Confirm with your password and a one-time code to generate a live key", asked.Body);
        var second = await client.Submit(asked, ("stepUp.password", Workspace.Password), ("stepUp.channel", "email"));
        Assert.Contains("is your Bursar code to generate a live key", (await product.MessagesTo(await w.AdminEmail()))[0]);
        var code = await Code(w);
        Assert.Contains("This code is not right", (await client.Submit(second, ("stepUp.code", Other(code)))).Body);
        Assert.Contains("A code was sent a moment ago", (await client.Submit(second, ("stepUp.code", ""), ("stepUp.again", "true"))).Body);
        var made = (await client.Submit(second, ("stepUp.code", code))).Is(HttpStatusCode.OK);
        Assert.Matches("BURSAR_API_KEY=bk_live_", made.Body);
    }

    [Fact]
    public async Task money_by_page_needs_a_code_for_each_transfer_where_the_workspace_wants_it()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var admin = await w.AdminSession();
        (await admin.Patch("/v1/workspace", new { pageMoneyNeedsCode = true })).Refuses("otp_required");
        await admin.StepUp();
        (await admin.Patch("/v1/workspace", new { pageMoneyNeedsCode = true, separationOfDuties = false })).Is(HttpStatusCode.OK);
        var transfer = new { amount = 20_000, bankCode = "bca", accountNumber = "5270997481" };
        (await admin.Post("/v1/transfers", transfer)).Refuses("otp_required");
        (await w.Api.Post("/v1/transfers", transfer)).Is(HttpStatusCode.Created);

        var client = await w.AdminPages();
        var review = await client.Get("/test/transfers/new/review?bankCode=bca&accountNumber=5270997481&amount=30.000");
        var asked = await client.Submit(review, ("amount", "30.000"));
        Assert.Contains("Confirm with a one-time code to send Rp\u00A030.000 to", WebUtility.HtmlDecode(asked.Body));
        var sent = (await client.Submit(asked, ("stepUp.code", await Code(w)))).Is(HttpStatusCode.Redirect);
        Assert.Contains("/test/transfers?id=tr_", sent.Headers["Location"]);
        Assert.Contains(Asks,
            (await client.Submit(await client.Get("/test/transfers/new/review?bankCode=bca&accountNumber=5270997481&amount=40.000"),
                ("amount", "40.000"))).Body);

        var settings = await client.Get("/test/settings/workspace");
        (await client.Submit(await client.Post("/test/settings/workspace/money-codes", ("on", "false")),
            ("stepUp.password", Workspace.Password))).Is(HttpStatusCode.Redirect);
        (await admin.Post("/v1/transfers", transfer)).Is(HttpStatusCode.Created);
        Assert.Contains("Stop asking for codes", settings.Body);
        (await admin.Patch("/v1/workspace", new { pageMoneyNeedsCode = true })).Is(HttpStatusCode.OK);
        var maker = await w.Member(Role.Maker);
        var refused = (await maker.Post("/v1/transfers", transfer)).Refuses("otp_required");
        Assert.Equal("code", Assert.Single(refused.Json["needs"]!.AsArray())!.GetValue<string>());
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_code_for_one_transfer_is_worth_no_other()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var admin = await (await w.AdminSession()).StepUp();
        (await admin.Patch("/v1/workspace", new { pageMoneyNeedsCode = true })).Is(HttpStatusCode.OK);
        var client = await w.AdminPages();
        var asked = await client.Submit(await client.Get(Review("30.000")), ("amount", "30.000"));
        var code = await Code(w);
        // The same code for a larger sum, with the words of the first act and with those of the second.
        Assert.Contains("Rp\u00A0900.000", WebUtility.HtmlDecode((await client.Submit(asked, ("stepUp.code", code),
            ("amount", "900.000"))).Body));
        await product.Execute("update bursar.one_time_codes set sent_at = sent_at - interval '31 seconds' where person_id = $1",
            w.Admin.Person!.Value);
        var other = await client.Submit(await client.Get(Review("900.000")), ("amount", "900.000"));
        Assert.Contains("This code is not right", (await client.Submit(other, ("stepUp.code", code))).Body);
        Assert.Empty((await w.Api.Get("/v1/transfers")).Json["data"]!.AsArray());
        (await client.Submit(other, ("stepUp.code", await Code(w)))).Is(HttpStatusCode.Redirect);
        Assert.Equal(900_000, Assert.Single((await w.Api.Get("/v1/transfers")).Json["data"]!.AsArray())!["amount"]!.GetValue<long>());

        static string Review(string amount) => "/test/transfers/new/review?bankCode=bca&accountNumber=5270997481&amount=" + amount;
    }

    [Fact]
    public async Task a_phone_is_confirmed_by_a_code_and_then_gets_codes()
    {
        var w = await product.Workspace();
        var client = await w.AdminPages();
        await product.Execute("update bursar.persons set phone = '+628110000000' where person_id = $1", w.Admin.Person!.Value);
        Assert.Contains("Confirm your phone number", (await client.Get("/test/home")).Body);
        var number = "+62812" + DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() % 100_000_000;
        var page = await client.Get("/test/settings/profile");
        var asked = await client.Submit(page, ("phone", number), ("channel", "sms"));
        var confirm = (await client.Submit(asked, ("stepUp.password", Workspace.Password))).Is(HttpStatusCode.OK);
        var code = Regex.Match((await product.MessagesTo(number))[0], "\\d{6}").Value;
        Assert.Contains("This code is not right", (await client.Submit(confirm, ("code", Other(code)))).Body);
        (await client.Submit(confirm, ("code", code))).Is(HttpStatusCode.Redirect);
        Assert.DoesNotContain("Confirm your phone number", (await client.Get("/test/home")).Body);
        var known = await client.Get("/test/settings/profile");
        Assert.Contains("Confirmed", known.Body);
        (await client.Submit(known, ("codeChannel", "app"))).Is(HttpStatusCode.UnprocessableEntity);
        (await client.Submit(known, ("codeChannel", "whatsapp"))).Is(HttpStatusCode.Redirect);
        // The password counts still; the code comes by the way that was chosen.
        await client.Submit(await client.Get("/live/developers"), ("name", "Shop"), ("scope", "read"));
        Assert.Contains("generate a live key", (await product.MessagesTo(number))[0]);
    }

    private async Task<string> Code(Workspace w) => Regex.Match((await product.MessagesTo(await w.AdminEmail()))[0], "\\d{6}").Value;

    private static string Other(string code) => code == "000000" ? "000001" : "000000";

    private Task Older(Workspace w, string column, int minutes) => product.Execute(
        $"update bursar.sessions set {column} = {column} - interval '{minutes} minutes' where workspace_id = $1", w.Book.Workspace.Value);

    private Task CodesOlder(Guid person, int minutes) => product.Execute(
        $"""
        update bursar.one_time_codes
        set sent_at = sent_at - interval '{minutes} minutes', first_sent_at = first_sent_at - interval '{minutes} minutes'
        where person_id = $1
        """,
        person);
}
