using System.Net;
using System.Text.RegularExpressions;
using Bursar.Platform.Access;
using Bursar.Platform.Messages;
using Bursar.Tests.Given;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Bursar.Tests.Rooms;

/// <summary>From a stranger to an Admin on Home (PRODUCT W1), and what a stranger cannot do or find out.</summary>
public sealed partial class ApplicationTests(Product product) : IAsyncLifetime
{
    private static readonly string NoApproval = $"/operator/applications/{default(ApplicationId)}/approval";

    private static string Email() => $"a{Guid.CreateVersion7():N}@example.test";

    /// <summary>All of these tests come from one address: what the ones before sent is hours ago.</summary>
    public async ValueTask InitializeAsync()
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync("update bursar.applications set created_at = created_at - interval '2 hours'");
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task a_business_applies_is_let_in_and_its_admin_is_on_home()
    {
        var email = Email();
        using var stranger = new Visitor(product.Address);
        var sent = await stranger.Submit("/apply", "/apply", ("business", "PT Maju Kopi"), ("name", "Dewi"), ("email", email),
            ("phone", "+62 811 1111 111"), ("about", "Pay farmers\nweekly"));
        Assert.Equal("/apply?sent=yes", sent.Location);

        using var desk = await Operator();
        var id = await Find(desk, email);
        var approved = await desk.Submit("/operator/applications", $"/operator/applications/{id}/approval");
        Assert.Equal("/operator/applications", approved.Location);
        Assert.DoesNotContain(id, (await desk.Get("/operator/applications")).Body, StringComparison.Ordinal);
        Assert.Contains("Invited", Card(await desk.Get("/operator/applications?state=approved"), email), StringComparison.Ordinal);

        var token = await product.InvitationTo(email);
        Assert.Contains("PT Maju Kopi", (await stranger.Get($"/invite/{token}")).Body, StringComparison.Ordinal);
        var joined = await stranger.Submit($"/invite/{token}", $"/invite/{token}", ("name", "Dewi"), ("password", Workspace.Password));
        Assert.Equal("/test/home", joined.Location);
        Assert.Contains("Admin", (await stranger.Get("/test/home")).Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await stranger.Get("/live/home")).Status);

        Assert.Equal("/operator/applications?state=approved",
            (await desk.Submit("/operator/applications", $"/operator/applications/{id}/live", ("state", "approved"))).Location);
        Assert.Equal(HttpStatusCode.OK, (await stranger.Get("/live/home")).Status);
        var report = new StringWriter();
        Assert.True(await new Platform.Data.Verify(product.Database).Run(report), report.ToString());
    }

    [Fact]
    public async Task a_refusal_is_told_with_its_reason_and_makes_nothing()
    {
        var email = Email();
        (await Apply(email)).Is(HttpStatusCode.Accepted);
        using var desk = await Operator();
        var id = await Find(desk, email);
        await desk.Submit("/operator/applications", $"/operator/applications/{id}/refusal", ("note", "We do not serve this trade."));
        var mail = Assert.Single(await product.Services.GetRequiredService<MessageQueue>().Mailbox(email));
        Assert.Contains("We do not serve this trade.", mail.Text, StringComparison.Ordinal);
        var late = await desk.Submit("/operator/applications", $"/operator/applications/{id}/approval");
        Assert.Equal(HttpStatusCode.Conflict, late.Status);
        // Refused is not for ever: the address may apply again.
        (await Apply(email)).Is(HttpStatusCode.Accepted);
        Assert.NotEqual(id, await Find(desk, email));
    }

    [Fact]
    public async Task of_20_parallel_approvals_one_makes_a_workspace()
    {
        var email = Email();
        (await Apply(email)).Is(HttpStatusCode.Accepted);
        using var desk = await Operator();
        var id = await Find(desk, email);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20)
            .Select(_ => desk.Submit("/operator/applications", $"/operator/applications/{id}/approval")));
        Assert.Single(answers, a => a.Status == HttpStatusCode.Redirect);
        Assert.Equal(19, answers.Count(a => a.Status == HttpStatusCode.Conflict));
        Assert.Single(await product.Services.GetRequiredService<MessageQueue>().Mailbox(email));
    }

    [Fact]
    public async Task the_answer_is_the_same_for_strangers_members_and_those_who_applied_already()
    {
        var member = (await (await product.Workspace()).Member(Core.Access.Role.Maker)).Email!;
        var stranger = Email();
        var answers = new[] { await Apply(stranger), await Apply(stranger), await Apply(member) };
        Assert.All(answers, a => Assert.Equal((HttpStatusCode.Accepted, """{"state":"received"}"""), (a.Status, a.Body)));
        await using var connection = await product.Owner.OpenConnectionAsync(TestContext.Current.CancellationToken);
        Assert.Equal(1, await connection.ExecuteScalarAsync<long>(
            "select count(*) from bursar.applications where email = @stranger", new { stranger }));
    }

    [Fact]
    public async Task one_address_sends_five_in_an_hour_also_by_40_at_the_same_time()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Apply(Email())));
        Assert.Equal(5, answers.Count(a => a.Status == HttpStatusCode.Accepted));
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.Accepted),
            a => Assert.Equal("3600", a.Refuses("rate_limited").Headers["Retry-After"]));
    }

    [Fact]
    public async Task bad_input_names_its_fields()
    {
        var answer = (await new Client(product.Address, null).Post("/v1/applications",
            new { business = " ", name = "a\u0000b", email = "none", phone = "12", about = new string('x', 1001) }))
                .Refuses("validation_failed");
        Assert.Equal(["/business", "/name", "/email", "/phone", "/about"],
            answer.Json["errors"]!.AsArray().Select(e => e!["pointer"]!.GetValue<string>()));
        using var visitor = new Visitor(product.Address);
        Assert.Equal(HttpStatusCode.BadRequest, (await visitor.Post("/apply", ("business", "PT X"))).Status);
        var again = await visitor.Submit("/apply", "/apply", ("business", "PT Teh & Kopi"), ("name", "Dewi"), ("email", "none"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.Status);
        Assert.Contains("value=\"PT Teh & Kopi\"", again.Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task the_desk_is_the_operators_alone_and_they_see_no_workspace()
    {
        var w = await product.Workspace();
        using var member = await new Visitor(product.Address).SignedIn(await w.AdminEmail());
        Assert.Equal(HttpStatusCode.NotFound, (await member.Get("/operator/applications")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await member.Submit("/test/home", NoApproval)).Status);
        using var stranger = new Visitor(product.Address);
        Assert.StartsWith("/sign-in", (await stranger.Get("/operator/applications")).Location);
        Assert.StartsWith("/sign-in", (await stranger.Post(NoApproval)).Location);

        using var desk = await Operator();
        Assert.Equal(HttpStatusCode.BadRequest, (await desk.Post(NoApproval)).Status);
        Assert.StartsWith("/sign-in", (await desk.Get("/test/home")).Location);
        Assert.Equal(HttpStatusCode.OK, (await desk.Get("/operator/applications?state=refused&skip=-1")).Status);
        Assert.Equal("/sign-in", (await desk.Submit("/operator/applications", "/sign-out")).Location);
        Assert.StartsWith("/sign-in", (await desk.Get("/operator/applications")).Location);
    }

    private Task<Answer> Apply(string email) =>
        new Client(product.Address, null).Post("/v1/applications", new { business = "CV Teh", name = "Dewi", email });

    private async Task<Visitor> Operator()
    {
        var email = Email();
        Assert.True((await product.Services.GetRequiredService<OperatorSessions>().Make(email, "Bima", Workspace.Password)).Ok);
        var visitor = new Visitor(product.Address);
        var signedIn = await visitor.Submit("/sign-in", "/sign-in", ("email", email), ("password", Workspace.Password));
        Assert.Equal("/operator/applications", signedIn.Location);
        return visitor;
    }

    private static async Task<string> Find(Visitor desk, string email) =>
        Id().Match(Card(await desk.Get("/operator/applications"), email)).Value;

    private static string Card(Seen page, string email) =>
        page.Body.Split("<section class=\"card application\"").Single(card => card.Contains(email, StringComparison.Ordinal));

    [GeneratedRegex("app_[0-9a-z]{26}")]
    private static partial Regex Id();
}
