using System.Diagnostics;
using System.Net;
using System.Text.RegularExpressions;
using Bursar.Core.Access;
using Bursar.Tests.Given;
using Xunit;

namespace Bursar.Tests.Rooms;

public sealed class SignInTests(Product product)
{
    private PageClient Browser(IPAddress? from = null) => new(product.Address, from ?? PageClient.FreshAddress());

    [Fact]
    public async Task wrong_tries_from_one_address_wait_and_no_one_elses_do()
    {
        var email = await (await product.Workspace()).Person(Role.Maker);
        var (guesser, owner) = (Browser(), Browser());
        for (var i = 0; i < 5; i++) Assert.Contains("E-mail or password is not right",
            (await guesser.SignIn(email, "a wrong password")).Body);
        var waiting = await guesser.SignIn(email);
        Assert.Contains("Too many tries. Wait 1 minute", waiting.Body);
        Assert.Equal(HttpStatusCode.Redirect, (await owner.SignIn(email)).Status);
    }

    [Fact]
    public async Task signing_in_and_failing_to_are_in_the_journal()
    {
        var w = await product.Workspace();
        var email = await w.Person(Role.Maker);
        var client = Browser();
        for (var i = 0; i < 3; i++) await client.SignIn(email, "a wrong password");
        await client.SignIn(email);
        var seen = (0, 0L);
        for (var i = 0; i < 50 && seen != (3, 1); i++)
        {
            await Task.Delay(100);
            seen = ((int)await Sum("member.sign_in_refused"), await w.Facts("member.signed_in"));
        }
        Assert.Equal((3, 1), seen);
        await w.BooksAreRight();

        async Task<long> Sum(string type)
        {
            await using var connection = await product.Owner.OpenConnectionAsync();
            await using var command = new Npgsql.NpgsqlCommand(
                "select coalesce(sum((data::jsonb->>'times')::int), 0) from bursar.journal where workspace_id = $1 and type = $2",
                    connection)
            { Parameters = { new() { Value = w.Book.Workspace.Value }, new() { Value = type } } };
            return (long)(await command.ExecuteScalarAsync())!;
        }
    }

    [Fact]
    public async Task an_account_that_does_not_exist_waits_like_one_that_does()
    {
        var known = await (await product.Workspace()).Person(Role.Maker);
        var bodies = new List<string>();
        foreach (var email in new[] { known, $"n{Guid.CreateVersion7():N}@example.test" })
        {
            var client = Browser();
            for (var i = 0; i < 6; i++)
            {
                var answer = await client.SignIn(email, "a wrong password");
                bodies.Add($"{answer.Status} {Regex.Match(answer.Body, "<div class=\"alert\".*?</div>", RegexOptions.Singleline).Value}");
            }
        }
        Assert.Equal(bodies[..6], bodies[6..]);
    }

    [Fact]
    public async Task tries_at_once_are_no_more_than_tries_one_by_one()
    {
        var email = await (await product.Workspace()).Person(Role.Maker);
        var from = PageClient.FreshAddress();
        var clients = Enumerable.Range(0, 12).Select(_ => Browser(from)).ToList();
        var answers = await Task.WhenAll(clients.Select(c => c.SignIn(email, "a wrong password")));
        Assert.Equal(5, answers.Count(a => a.Body.Contains("E-mail or password is not right", StringComparison.Ordinal)));
        Assert.Equal(7, answers.Count(a => a.Body.Contains("Too many tries", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task an_address_that_has_signed_in_is_not_held_up_by_a_crowd_elsewhere()
    {
        var email = await (await product.Workspace()).Person(Role.Maker);
        var home = PageClient.FreshAddress();
        Assert.Equal(HttpStatusCode.Redirect, (await Browser(home).SignIn(email)).Status);
        for (var crowd = 0; crowd < 5; crowd++)
        {
            var guesser = Browser();
            for (var i = 0; i < 4; i++) await guesser.SignIn(email, "a wrong password");
        }
        Assert.Contains("Too many tries", (await Browser().SignIn(email)).Body);
        Assert.Equal(HttpStatusCode.Redirect, (await Browser(home).SignIn(email)).Status);
    }

    /// <summary>
    /// Rough on purpose: a machine with other work. Without the decoy's hash an unknown account answers in a few milliseconds.
    /// </summary>
    [Fact]
    public async Task an_unknown_account_takes_as_long_as_a_known_one()
    {
        var w = await product.Workspace();
        var (known, unknown) = (new List<double>(), new List<double>());
        for (var i = 0; i < 6; i++)
        {
            known.Add(await Took(await w.Person(Role.Maker)));
            unknown.Add(await Took($"n{Guid.CreateVersion7():N}@example.test"));
        }
        var ratio = Median(known) / Median(unknown);
        Assert.True(ratio is > 0.5 and < 2, $"known {Median(known):0} ms, unknown {Median(unknown):0} ms");

        async Task<double> Took(string email)
        {
            var client = new Client(product.Address, null);
            var watch = Stopwatch.StartNew();
            (await client.Post("/v1/sessions", new { email, password = "a wrong password" })).Refuses("authentication_required");
            return watch.Elapsed.TotalMilliseconds;
        }

        static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
    }

    [Fact]
    public async Task one_sees_ones_sessions_ends_one_and_signs_out_everywhere()
    {
        var email = await (await product.Workspace()).Person(Role.Maker);
        var (phone, desk) = (Browser(), Browser());
        await phone.SignIn(email);
        await desk.SignIn(email);
        var list = (await desk.Get("/test/settings/security")).Is(HttpStatusCode.OK);
        Assert.Contains("This session", list.Body);
        await desk.Post(Regex.Match(list.Body, "action=\"(/test/settings/security/sessions/ses_\\w+/end)\"").Groups[1].Value);
        (await phone.Get("/test/home")).Is(HttpStatusCode.Redirect);
        (await desk.Get("/test/home")).Is(HttpStatusCode.OK);

        await phone.SignIn(email);
        Assert.Equal("/sign-in", (await desk.Post("/test/settings/security/sessions/end")).Is(HttpStatusCode.Redirect).Headers["Location"]);
        (await phone.Get("/test/home")).Is(HttpStatusCode.Redirect);
        (await desk.Get("/test/home")).Is(HttpStatusCode.Redirect);
    }

    [Fact]
    public async Task nobody_ends_anothers_session_and_a_key_has_none()
    {
        var w = await product.Workspace();
        var (a, b) = (await w.Member(Role.Maker), await w.Member(Role.Reviewer));
        var own = (await a.Get("/v1/sessions")).Is(HttpStatusCode.OK).Json["data"]!.AsArray();
        Assert.True(Assert.Single(own)!["current"]!.GetValue<bool>());
        var id = own[0]!["id"]!.GetValue<string>();
        (await b.Delete($"/v1/sessions/{id}")).Refuses("not_found");
        (await w.Api.Get("/v1/sessions")).Refuses("permission_denied");
        (await a.Delete($"/v1/sessions/{id}")).Is(HttpStatusCode.OK);
        (await a.Get("/v1/sessions")).Refuses("authentication_required");
    }

    [Fact]
    public async Task a_new_password_ends_the_other_sessions_and_no_key()
    {
        var w = await product.Workspace();
        var email = await w.Person(Role.Developer);
        var (here, there) = (Browser(), Browser());
        await here.SignIn(email);
        await there.SignIn(email);
        var page = await here.Get("/test/settings/security");
        (await here.Submit(page, ("currentPassword", "not my password"),
            ("newPassword", "another long password"))).Is(HttpStatusCode.Unauthorized);
        (await here.Submit(page, ("currentPassword", Workspace.Password),
            ("newPassword", "another long password"))).Is(HttpStatusCode.Redirect);
        (await here.Get("/test/home")).Is(HttpStatusCode.OK);
        (await there.Get("/test/home")).Is(HttpStatusCode.Redirect);
        (await w.Api.Get("/v1/balances")).Is(HttpStatusCode.OK);
        await w.BooksAreRight();
    }
}
