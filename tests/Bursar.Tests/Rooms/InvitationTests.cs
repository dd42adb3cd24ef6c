using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bursar.Core.Access;
using Bursar.Platform.Access;
using Bursar.Platform.Messages;
using Bursar.Tests.Given;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Bursar.Tests.Rooms.Joining;

namespace Bursar.Tests.Rooms;

/// <summary>Who is invited, by which link they come in, and how often (PRODUCT W2; AU6).</summary>
public sealed class InvitationTests(Product product)
{
    [Fact]
    public async Task an_invited_person_follows_the_link_chooses_a_password_and_is_on_home()
    {
        var w = await product.Workspace();
        var admin = await w.AdminSession();
        var email = Email();
        var asked = new { email, role = "maker", phone = "+62 812-3456-7890" };
        var invited = (await admin.Post("/v1/members", asked)).Is(HttpStatusCode.Created);
        Assert.Equal(("invited", "+6281234567890"), (invited.Text("state"), invited.Text("phone")));
        var token = await product.InvitationTo(email);

        using var visitor = new Visitor(product.Address);
        var page = await visitor.Get($"/invite/{token}");
        Assert.Contains("invites you as Maker", page.Body, StringComparison.Ordinal);
        var weak = await visitor.Submit($"/invite/{token}", $"/invite/{token}", ("name", "Putri"), ("password", "short"));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, weak.Status);
        Assert.Contains("At least 12 characters", weak.Body, StringComparison.Ordinal);
        var joined = await visitor.Submit($"/invite/{token}", $"/invite/{token}", ("name", "Putri"), ("password", Workspace.Password));
        Assert.Equal("/test/home", joined.Location);
        Assert.Contains("Putri", (await visitor.Get("/test/home")).Body, StringComparison.Ordinal);

        Assert.Equal((invited.Text("id"), "active", "Putri", "maker"), await Seat(admin, email));
        Assert.Equal(HttpStatusCode.Gone, (await visitor.Get($"/invite/{token}")).Status);
        (await product.Join(token)).Refuses("expired");
        Assert.Equal(["member.invited", "member.added"], await Journal(w, invited.Text("id")));
        Assert.Equal(0, await Everywhere(token));
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_link_is_used_once_also_by_40_at_the_same_time()
    {
        var w = await product.Workspace();
        var admin = await w.AdminSession();
        var email = Email();
        (await admin.Post("/v1/members", new { email, role = "reviewer" })).Is(HttpStatusCode.Created);
        var token = await product.InvitationTo(email);
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => product.Join(token)));
        Assert.Single(answers, a => a.Status == HttpStatusCode.Created);
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.Created),
            a => Assert.Contains(a.Code, new[] { "expired", "state_conflict" }));
        Assert.Single((await admin.Get("/v1/members")).Json["data"]!.AsArray(), m => m!["email"]!.GetValue<string>() == email);
    }

    [Fact]
    public async Task of_40_parallel_invitations_those_get_a_seat_for_whom_there_is_one()
    {
        var w = await product.Workspace();
        var admin = await w.AdminSession();
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Invite(admin)));
        var invited = answers.Where(a => a.Status == HttpStatusCode.Created).ToList();
        Assert.Equal(19, invited.Count);
        Assert.All(answers.Except(invited), a => Assert.Equal(20, a.Refuses("seat_limit_reached").Number("limit")));

        // A revoked invitation frees its seat, an accepted one keeps it, and one that expired frees it until it is sent again.
        (await admin.Delete($"/v1/members/{invited[0].Text("id")}")).Is(HttpStatusCode.OK);
        (await product.Join(await product.InvitationTo(invited[1].Text("email")))).Is(HttpStatusCode.Created);
        (await Invite(admin)).Is(HttpStatusCode.Created);
        (await Invite(admin)).Refuses("seat_limit_reached");
        await Backdate(invited[2].Text("id"), days: 8);
        (await Invite(admin)).Is(HttpStatusCode.Created);
        (await admin.Post($"/v1/members/{invited[2].Text("id")}/invitation", new { })).Refuses("seat_limit_reached");
        await w.BooksAreRight();
    }

    [Fact]
    public async Task the_link_of_a_revoked_or_expired_invitation_is_dead()
    {
        var w = await product.Workspace();
        var admin = await w.AdminSession();
        var (revoked, expired) = (Email(), Email());
        var first = (await admin.Post("/v1/members", new { email = revoked, role = "maker" })).Is(HttpStatusCode.Created).Text("id");
        var second = (await admin.Post("/v1/members", new { email = expired, role = "maker" })).Is(HttpStatusCode.Created).Text("id");
        var (revokedToken, expiredToken) = (await product.InvitationTo(revoked), await product.InvitationTo(expired));
        Assert.Equal("revoked", (await admin.Delete($"/v1/members/{first}")).Is(HttpStatusCode.OK).Text("state"));
        await Backdate(second, days: 8);
        foreach (var token in new[] { revokedToken, expiredToken, "x", new string('a', 43) })
            (await product.Join(token)).Refuses("expired");
        Assert.Equal((second, "expired"), ((await Seat(admin, expired)).Id, (await Seat(admin, expired)).State));
        // Inviting the same address again begins anew.
        (await admin.Post("/v1/members", new { email = expired, role = "maker" })).Is(HttpStatusCode.Created);
        (await admin.Post("/v1/members", new { email = expired, role = "maker" })).Refuses("email_taken");
    }

    [Fact]
    public async Task sending_again_ends_the_link_before_and_is_bounded_under_40_parallel_tries()
    {
        var w = await product.Workspace();
        var admin = await w.AdminSession();
        var email = Email();
        var id = (await Invite(admin, "maker", email)).Is(HttpStatusCode.Created).Text("id");
        var before = await product.InvitationTo(email);
        (await admin.Post($"/v1/members/{id}/invitation", new { })).Refuses("rate_limited");
        await Backdate(id, days: 1);
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => admin.Post($"/v1/members/{id}/invitation", new { })));
        Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.OK), a => a.Refuses("rate_limited"));
        Assert.Equal(2, (await product.Services.GetRequiredService<MessageQueue>().Mailbox(email)).Count);
        (await product.Join(before)).Refuses("expired");
        using var visitor = new Visitor(product.Address);
        Assert.Equal(HttpStatusCode.Gone, (await visitor.Get($"/invite/{before}")).Status);
        (await product.Join(await product.InvitationTo(email))).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task an_invitation_says_nothing_about_who_has_an_account_elsewhere()
    {
        var (here, elsewhere) = (await product.Workspace(), await product.Workspace());
        var admin = await here.AdminSession();
        var known = (await elsewhere.Member(Role.Maker)).Email!;
        static string Shape(Answer a) =>
            Regex.Replace(a.Is(HttpStatusCode.Created).Body, "\"(mem_|[mp][0-9a-f]{32}|20[0-9]{2}-)[^\"]*\"", "*");
        Assert.Equal(Shape(await Invite(admin, "maker")), Shape(await Invite(admin, "maker", known)));
        (await admin.Delete($"/v1/members/{new MemberId(elsewhere.Admin.Principal)}")).Refuses("not_found");
    }

    [Fact]
    public async Task somebody_who_is_signed_in_joins_and_is_there()
    {
        var (first, second) = (await product.Workspace(), await product.Workspace());
        var person = await first.Member(Role.Maker);
        (await Invite(await second.AdminSession(), email: person.Email)).Is(HttpStatusCode.Created);
        var token = await product.InvitationTo(person.Email!);
        using var visitor = await new Visitor(product.Address).SignedIn(person.Email!);
        var before = visitor.Cookies["bursar_session"]!.Value;
        Assert.Equal("/test/home", (await visitor.Submit($"/invite/{token}", $"/invite/{token}")).Location);
        Assert.Contains("Reviewer", (await visitor.Get("/test/home")).Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Redirect, await product.Home(before));

        // Somebody else's session stays where it is: the link is the first person's, not theirs.
        var third = await product.Workspace();
        (await Invite(await third.AdminSession(), email: person.Email)).Is(HttpStatusCode.Created);
        var another = await product.InvitationTo(person.Email!);
        using var stranger = await new Visitor(product.Address).SignedIn(await second.AdminEmail());
        Assert.Equal("/sign-in", (await stranger.Submit($"/invite/{another}", $"/invite/{another}")).Location);
        Assert.DoesNotContain(third.Book.Workspace.ToString(), (await stranger.Get("/workspaces")).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task a_mail_that_came_back_is_shown_beside_the_invitation()
    {
        var admin = await (await product.Workspace()).AdminSession();
        var email = Email();
        (await Invite(admin, email: email)).Is(HttpStatusCode.Created);
        Assert.False((await Listed(admin, email))["undelivered"]!.GetValue<bool>());
        await using var connection = await product.Owner.OpenConnectionAsync(TestContext.Current.CancellationToken);
        await connection.ExecuteAsync("update bursar.messages set state = 'failed' where recipient = @email", new { email });
        Assert.True((await Listed(admin, email))["undelivered"]!.GetValue<bool>());
    }

    [Fact]
    public async Task bad_input_is_refused_by_field()
    {
        var admin = await (await product.Workspace()).AdminSession();
        foreach (var (body, field) in new (object, string)[]
        {
            (new { email = "nobody", role = "maker" }, "/email"),
            (new { email = "a@b.test\r\nBcc: c@d.test", role = "maker" }, "/email"),
            (new { email = Email(), role = "maker", phone = "0812" }, "/phone"),
            (new { email = Email(), role = "maker", name = "a\u202Eb" }, "/name"),
            (new { email = Email(), role = "owner" }, "/role"),
            (new { email = Email(), role = "maker", password = "a long password" }, "/password"),
        })
        {
            var refused = (await admin.Post("/v1/members", body)).Refuses("validation_failed");
            Assert.Equal(field, refused.Json["errors"]![0]!["pointer"]!.GetValue<string>());
        }
    }

    [Fact]
    public async Task an_operator_belongs_to_no_workspace()
    {
        var w = await product.Workspace();
        var email = Email();
        var operators = product.Services.GetRequiredService<OperatorSessions>();
        Assert.True((await operators.Make(email, "Opa", Workspace.Password)).Ok);
        (await Invite(await w.AdminSession(), "maker", email)).Is(HttpStatusCode.Created);
        (await product.Join(await product.InvitationTo(email))).Refuses("state_conflict");
        Assert.False((await operators.Make(await w.AdminEmail(), "Opa", Workspace.Password)).Ok);
    }

    private static async Task<(string Id, string State, string Name, string Role)> Seat(Client admin, string email)
    {
        var seat = await Listed(admin, email);
        string Text(string name) => seat[name]!.GetValue<string>();
        return (Text("id"), Text("state"), Text("name"), Text("role"));
    }

    private static async Task<JsonNode> Listed(Client admin, string email) =>
        (await admin.Get("/v1/members")).Json["data"]!.AsArray().Single(m => m!["email"]!.GetValue<string>() == email)!;

    private async Task Backdate(string id, int days)
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            update bursar.invitations set sent_at = sent_at - @by, expires_at = expires_at - @by where member_id = @id
            """, new { by = TimeSpan.FromDays(days), id = MemberId.TryParse(id, out var member) ? member.Value : Guid.Empty });
    }

    private async Task<IReadOnlyList<string>> Journal(Workspace w, string id)
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        return (await connection.QueryAsync<string>("""
            select type from bursar.journal where workspace_id = @w and mode = 1 and subject = @id order by position
            """, new { w = w.Book.Workspace.Value, id = MemberId.TryParse(id, out var member) ? member.Value : Guid.Empty })).AsList();
    }

    /// <summary>How many rows of the tables that had to do with it hold a secret in the clear.</summary>
    private async Task<long> Everywhere(string secret)
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>("""
            select (select count(*) from bursar.messages x where x::text like @like)
                + (select count(*) from bursar.invitations x where x::text like @like)
                + (select count(*) from bursar.invitation_links x where x::text like @like)
                + (select count(*) from bursar.journal x where x::text like @like)
                + (select count(*) from bursar.sessions x where x::text like @like)
            """, new { like = $"%{secret}%" });
    }
}
