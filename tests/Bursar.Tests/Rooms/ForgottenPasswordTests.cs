using System.Net;
using System.Text.RegularExpressions;
using Bursar.Core.Access;
using Bursar.Tests.Given;
using Xunit;

namespace Bursar.Tests.Rooms;

public sealed class ForgottenPasswordTests(Product product)
{
    private PageClient Browser() => new(product.Address, PageClient.FreshAddress());

    [Fact]
    public async Task a_forgotten_password_is_chosen_anew_by_a_link_that_works_once()
    {
        var email = await (await product.Workspace()).Person(Role.Maker);
        var before = Browser();
        await before.SignIn(email);
        var client = Browser();
        var sent = await client.Submit(await client.Get("/forgotten-password"), ("email", email));
        var link = await Link(email);
        (await client.Submit(await client.Get(link), ("password", "short"))).Is(HttpStatusCode.UnprocessableEntity);
        var page = (await client.Get(link)).Is(HttpStatusCode.OK);
        var used = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => client.Submit(page, ("password", "another long password"))));
        Assert.Single(used, a => a.Status == HttpStatusCode.Redirect);
        (await client.Get(link)).Is(HttpStatusCode.Gone);
        Assert.StartsWith("/sign-in", (await before.Get("/test/home")).Is(HttpStatusCode.Redirect).Headers["Location"]);
        Assert.Contains("E-mail or password is not right", (await client.SignIn(email)).Body);
        Assert.Equal(HttpStatusCode.Redirect, (await client.SignIn(email, "another long password")).Status);
        Assert.Contains("Your password was changed", (await product.MessagesTo(email))[0]);

        var stranger = await client.Submit(await client.Get("/forgotten-password"), ("email", $"n{Guid.CreateVersion7():N}@example.test"));
        Assert.Equal((sent.Status, Plain(sent)), (stranger.Status, Plain(stranger)));

        static string Plain(Answer answer) => Regex.Replace(answer.Body, "(value|content)=\"[^\"]*\"", "");
    }

    [Fact]
    public async Task a_link_ends_after_thirty_minutes_and_asking_often_sends_three()
    {
        var email = await (await product.Workspace()).Person(Role.Maker);
        var client = Browser();
        for (var i = 0; i < 5; i++)
        {
            await client.Submit(await client.Get("/forgotten-password"), ("email", email));
            await Link(email, i < 3 ? i + 1 : 3);
        }
        // Two passes of the worker: what it would still send is sent by then.
        await Task.Delay(2_500);
        var link = (await Links(email))[0];
        Assert.Equal(3, (await Links(email)).Count);
        await product.Execute("update bursar.password_links set created_at = created_at - interval '31 minutes' where person_id = $1",
            await product.PersonOf(email));
        (await client.Get(link)).Is(HttpStatusCode.Gone);
        (await client.Post(link, ("password", "another long password"))).Is(HttpStatusCode.Gone);
    }

    [Fact]
    public async Task an_address_asks_for_twenty_links_in_a_quarter_of_an_hour()
    {
        var client = Browser();
        var page = await client.Get("/forgotten-password");
        for (var i = 0; i < 20; i++) (await client.Submit(page, ("email", $"n{i}@example.test"))).Is(HttpStatusCode.OK);
        Assert.Contains("Too many tries", (await client.Submit(page, ("email", "n@example.test"))).Is(HttpStatusCode.TooManyRequests).Body);
        (await Browser().Submit(page, ("email", "not an address"))).Is(HttpStatusCode.BadRequest);
    }

    private async Task<IReadOnlyList<string>> Links(string email) =>
        [.. (await product.MessagesTo(email)).Select(m => Regex.Match(m, "/new-password/[\\w-]+").Value).Where(v => v.Length > 0)];

    private async Task<string> Link(string email, int number = 1)
    {
        for (var i = 0; i < 100; i++)
        {
            var links = await Links(email);
            if (links.Count >= number) return links[0];
            await Task.Delay(100);
        }
        throw new Xunit.Sdk.XunitException($"no link number {number} to {email} within 10 s");
    }
}
