using System.Net;
using Bursar.Core.Access;
using Bursar.Platform.Access;
using Bursar.Tests.Given;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Bursar.Tests.Rooms;

public sealed class SecondStepTests(Product product)
{
    private PageClient Browser() => new(product.Address, PageClient.FreshAddress());

    [Fact]
    public async Task the_second_step_asks_for_the_apps_code_and_keeps_where_one_was_going()
    {
        var email = await (await product.Workspace()).Person(Role.Maker);
        var (secret, _) = await Enrol(email);
        var client = Browser();
        var asked = await client.Submit(await client.Get("/sign-in?returnUrl=%2Ftest%2Ftransfers%3Fstate%3Dfailed"), ("email", email),
            ("password", Workspace.Password));
        Assert.Contains("Confirm it is you", asked.Is(HttpStatusCode.OK).Body);
        Assert.DoesNotContain(Workspace.Password, asked.Body);
        var wrong = await client.Submit(asked, ("code", "000000"));
        Assert.Contains("This code is not right", wrong.Body);
        var entered = await client.Submit(wrong, ("code", SecondStep.NextCode(secret)));
        Assert.Equal("/test/transfers?state=failed", entered.Is(HttpStatusCode.Redirect).Headers["Location"]);
    }

    [Fact]
    public async Task the_api_asks_for_the_code_too_and_takes_it_once()
    {
        var email = await (await product.Workspace()).Person(Role.Maker);
        var (secret, _) = await Enrol(email);
        var client = new Client(product.Address, null);
        (await client.Post("/v1/sessions", new { email, password = Workspace.Password })).Refuses("otp_required");
        (await client.Post("/v1/sessions", new { email, password = Workspace.Password, code = "000000" })).Refuses("otp_invalid");
        var code = SecondStep.NextCode(secret);
        (await client.Post("/v1/sessions", new { email, password = "a wrong password", code })).Refuses("authentication_required");
        (await client.Post("/v1/sessions", new { email, password = Workspace.Password, code })).Is(HttpStatusCode.Created);
        (await client.Post("/v1/sessions", new { email, password = Workspace.Password, code })).Refuses("otp_invalid");
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task a_code_is_good_once_in_twenty_tries_at_once(bool recovery)
    {
        var email = await (await product.Workspace()).Person(Role.Maker);
        var (secret, codes) = await Enrol(email);
        var code = recovery ? codes[3] : SecondStep.NextCode(secret);
        var factors = product.Services.GetRequiredService<SecondFactors>();
        var person = await product.PersonOf(email);
        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => factors.Take(person, code, recovery: true)));
        Assert.Single(taken, true);
        Assert.Equal(recovery ? 9 : 10, (await factors.Of(person)).RecoveryCodes);
    }

    [Fact]
    public async Task twenty_sign_ins_at_once_with_one_recovery_code_make_one_session()
    {
        var email = await (await product.Workspace()).Person(Role.Maker);
        var (_, codes) = await Enrol(email);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ =>
            new Client(product.Address, null).Post("/v1/sessions",
                new { email, password = Workspace.Password, code = codes[0].ToUpperInvariant() })));
        Assert.Single(answers, a => a.Status == HttpStatusCode.Created);
        var news = await product.MessagesTo(email);
        Assert.Contains("A recovery code was used", news[0]);
        Assert.Single(news, n => n.Contains("The second step is on", StringComparison.Ordinal));
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.Created), a =>
            Assert.Contains(a.Code, new[] { "otp_invalid", "rate_limited" }));
    }

    [Fact]
    public async Task the_second_step_is_turned_off_with_the_password_only()
    {
        var email = await (await product.Workspace()).Person(Role.Maker);
        var client = Browser();
        await client.SignIn(email);
        await SecondStep.Enrol(client);
        // The password of the set-up counts for ten minutes; later it is asked for again.
        await product.Execute("update bursar.sessions set stepped_up_at = stepped_up_at - interval '11 minutes' where person_id = $1",
            await product.PersonOf(email));
        var asked = await client.Post("/test/settings/security/second-step/removal");
        Assert.Contains("Confirm with your password to turn the second step off", asked.Body);
        Assert.Contains("This is not your password", (await client.Submit(asked, ("stepUp.password", "not my password"))).Body);
        (await client.Submit(asked, ("stepUp.password", Workspace.Password))).Is(HttpStatusCode.Redirect);
        Assert.Equal(HttpStatusCode.Redirect, (await Browser().SignIn(email)).Status);
    }

    private async Task<(byte[] Secret, IReadOnlyList<string> Codes)> Enrol(string email)
    {
        var client = Browser();
        await client.SignIn(email);
        return await SecondStep.Enrol(client);
    }
}
