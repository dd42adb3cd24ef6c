using System.Net;
using Bursar.Platform.Access;
using Bursar.Tests.Given;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Bursar.Tests.Rooms;

/// <summary>Whoever holds the most power has the same means to guard their sign-in as a member (PRODUCT W6).</summary>
public sealed class OperatorAccountTests(Product product)
{
    private const string Security = "/operator/settings/security";

    [Fact]
    public async Task an_operator_sets_up_the_second_step_and_is_asked_for_it()
    {
        var (email, client) = await Operator();
        var (secret, codes) = await SecondStep.Enrol(client, Security);
        Assert.Contains("10 of 10 recovery codes", (await client.Get(Security)).Is(HttpStatusCode.OK).Body);

        var asked = await Browser().SignIn(email);
        Assert.Contains("Confirm it is you", asked.Is(HttpStatusCode.OK).Body);
        var phone = Browser();
        var entered = await phone.Submit(await phone.SignIn(email), ("code", SecondStep.NextCode(secret)));
        Assert.Equal("/operator/applications", entered.Is(HttpStatusCode.Redirect).Headers["Location"]);
        var paper = Browser();
        (await paper.Submit(await paper.SignIn(email), ("code", codes[2]))).Is(HttpStatusCode.Redirect);

        var page = (await client.Get(Security)).Body;
        Assert.Contains("9 of 10 recovery codes", page);
        Assert.Contains("Second step turned on", page);
        Assert.Contains("The second step is on", string.Join('\n', await product.MessagesTo(email)));
    }

    [Fact]
    public async Task turning_it_off_and_new_recovery_codes_ask_for_the_password()
    {
        var (email, client) = await Operator();
        var (_, old) = await SecondStep.Enrol(client, Security);
        await Forget(email);
        await client.Get(Security);
        var asked = await client.Post(Security + "/recovery-codes");
        (await client.Submit(asked, ("stepUp.password", "not the password"))).Is(HttpStatusCode.Unauthorized);
        var made = (await client.Submit(asked, ("stepUp.password", Workspace.Password))).Is(HttpStatusCode.OK);
        Assert.DoesNotContain(old[0], made.Body);
        await Forget(email);
        await client.Get(Security);
        var off = await client.Post(Security + "/second-step/removal");
        Assert.Contains("Confirm it is you", off.Body);
        Assert.True((await Factor(email)).IsOn);
        (await client.Submit(off, ("stepUp.password", Workspace.Password))).Is(HttpStatusCode.Redirect);
        Assert.False((await Factor(email)).IsOn);
    }

    [Fact]
    public async Task a_new_password_ends_the_other_sessions_and_keeps_this_one()
    {
        var (email, client) = await Operator();
        var other = Browser();
        (await other.SignIn(email)).Is(HttpStatusCode.Redirect);
        var page = await client.Get(Security);
        const string fresh = "a fresh operator password";
        (await client.Submit(page, ("currentPassword", "wrong"), ("newPassword", fresh))).Is(HttpStatusCode.Unauthorized);
        (await client.Submit(page, ("currentPassword", Workspace.Password), ("newPassword", fresh))).Is(HttpStatusCode.Redirect);
        (await client.Get(Security)).Is(HttpStatusCode.OK);
        (await other.Get(Security)).Is(HttpStatusCode.Redirect);
        Assert.Contains("Your password was changed", (await product.MessagesTo(email))[0]);
    }

    [Fact]
    public async Task sessions_are_listed_and_ended_one_by_one_and_all_at_once()
    {
        var (email, client) = await Operator();
        var other = Browser();
        (await other.SignIn(email)).Is(HttpStatusCode.Redirect);
        var page = (await client.Get(Security)).Is(HttpStatusCode.OK);
        Assert.Contains("This session", page.Body);
        var end = System.Text.RegularExpressions.Regex.Match(page.Body, "action=\"([^\"]+/sessions/\\w+/end)\"").Groups[1].Value;
        (await client.Post(end)).Is(HttpStatusCode.Redirect);
        (await other.Get(Security)).Is(HttpStatusCode.Redirect);
        (await client.Get(Security)).Is(HttpStatusCode.OK);
        (await client.Post(Security + "/sessions/end")).Is(HttpStatusCode.Redirect);
        (await client.Get(Security)).Is(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task nobody_but_an_operator_is_let_in()
    {
        var member = Browser();
        await member.SignIn(await (await product.Workspace()).AdminEmail());
        (await member.Get(Security)).Is(HttpStatusCode.NotFound);
        (await member.Get(Security + "/second-step")).Is(HttpStatusCode.NotFound);
        await member.Get("/test/home");
        foreach (var form in new[] { "/password", "/second-step", "/second-step/code", "/second-step/removal", "/recovery-codes",
            "/sessions/end", "/sessions/x/end" })
            (await member.Post(Security + form)).Is(HttpStatusCode.NotFound);
        (await Browser().Get(Security)).Is(HttpStatusCode.Redirect);
    }

    private async Task<(string Email, PageClient Client)> Operator()
    {
        var email = $"op{Guid.CreateVersion7():N}@example.test";
        Assert.True((await product.Services.GetRequiredService<OperatorSessions>().Make(email, "Op", Workspace.Password)).Ok);
        var client = Browser();
        (await client.SignIn(email)).Is(HttpStatusCode.Redirect);
        return (email, client);
    }

    /// <summary>Ten minutes later the password counts no more.</summary>
    private async Task Forget(string email) =>
        await product.Execute("update bursar.sessions set stepped_up_at = stepped_up_at - interval '11 minutes' where person_id = $1",
            await product.PersonOf(email));

    private async Task<SecondFactor> Factor(string email) =>
        await product.Services.GetRequiredService<SecondFactors>().Of(await product.PersonOf(email));

    private PageClient Browser() => new(product.Address, PageClient.FreshAddress());
}
