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

namespace Bursar.Tests.Rooms;

/// <summary>Who gets in, with what role, and who cannot be put out (PRODUCT W2; AU6, AU4).</summary>
public sealed class MemberTests(Product product)
{
    private static string Email() => $"p{Guid.CreateVersion7():N}@example.test";

    private Task<Answer> Join(string token) => new Client(product.Address, null)
        .Post("/v1/invitations/acceptance", new { token, name = "Putri", password = Workspace.Password });

    private static Task<Answer> Invite(Client admin, string role = "reviewer", string? email = null) =>
        admin.Post("/v1/members", new { email = email ?? Email(), role });

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
        (await Join(token)).Refuses("expired");
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
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(_ => Join(token)));
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
        (await Join(await product.InvitationTo(invited[1].Text("email")))).Is(HttpStatusCode.Created);
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
            (await Join(token)).Refuses("expired");
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
        (await Join(before)).Refuses("expired");
        using var visitor = new Visitor(product.Address);
        Assert.Equal(HttpStatusCode.Gone, (await visitor.Get($"/invite/{before}")).Status);
        (await Join(await product.InvitationTo(email))).Is(HttpStatusCode.Created);
    }

    [Fact]
    public async Task the_last_admin_stays_whatever_40_parallel_tries_do()
    {
        var w = await product.Workspace();
        var admins = new[] { await w.AdminSession(), await w.Member(Role.Admin), await w.Member(Role.Admin), await w.Member(Role.Admin) };
        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(i =>
        {
            var (who, whom) = (admins[i % 4], admins[(i + 1 + i / 4 % 3) % 4].MemberId);
            return i % 2 == 0 ? who.Delete($"/v1/members/{whom}") : who.Patch($"/v1/members/{whom}", new { role = "reviewer" });
        }));
        Assert.All(answers.Where(a => a.Status != HttpStatusCode.OK),
            a => Assert.Contains(a.Code, new[] { "last_admin", "authentication_required", "permission_denied", "not_found" }));
        await using var connection = await product.Database.Login.OpenConnectionAsync(TestContext.Current.CancellationToken);
        var left = await connection.ExecuteScalarAsync<long>("""
            select count(*) from bursar.members where workspace_id = @w and state = 'active' and role = 'admin'
            """, new { w = w.Book.Workspace.Value });
        Assert.Equal(1, left);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task no_one_edits_their_own_role_or_removes_themselves()
    {
        var w = await product.Workspace();
        var admin = await w.AdminSession();
        (await admin.Patch($"/v1/members/{admin.MemberId}", new { role = "maker" })).Refuses("last_admin");
        (await admin.Delete($"/v1/members/{admin.MemberId}")).Refuses("last_admin");
        (await admin.Patch($"/v1/members/{admin.MemberId}", new { role = "admin" })).Refuses("state_conflict");
        await w.Member(Role.Admin);
        (await admin.Patch($"/v1/members/{admin.MemberId}", new { role = "maker" })).Refuses("state_conflict");
        (await admin.Delete($"/v1/members/{admin.MemberId}")).Refuses("state_conflict");
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task removal_and_another_role_end_the_sessions_at_once(bool removal)
    {
        var w = await product.Workspace();
        var admin = await w.AdminSession();
        var developer = await w.Member(Role.Developer);
        (await (await developer.StepUp()).Post("/v1/api-keys", new { name = "Theirs", scope = "read" })).Is(HttpStatusCode.Created);
        if (removal) (await admin.Delete($"/v1/members/{developer.MemberId}")).Is(HttpStatusCode.OK);
        else (await admin.Patch($"/v1/members/{developer.MemberId}", new { role = "reviewer" })).Is(HttpStatusCode.OK);
        (await developer.Get("/v1/api-keys")).Refuses("authentication_required");
        var key = (await admin.Get("/v1/api-keys")).Json["data"]!.AsArray().Single(k => k!["name"]!.GetValue<string>() == "Theirs")!;
        Assert.Equal(removal, key["makerRemoved"]!.GetValue<bool>());
        var again = await new Client(product.Address, null).Post("/v1/sessions",
            new { email = developer.Email, password = Workspace.Password });
        if (removal) again.Refuses("authentication_required");
        else Assert.Equal("reviewer", again.Is(HttpStatusCode.Created).Text("role"));
    }

    [Theory, InlineData(Role.Approver), InlineData(Role.Reviewer), InlineData(Role.DepositAdmin), InlineData(Role.Executor),
        InlineData(Role.Maker), InlineData(Role.Developer), InlineData(Role.CustomerService)]
    public async Task only_an_admin_manages_members(Role role)
    {
        var w = await product.Workspace();
        var member = await w.Member(role);
        foreach (var answer in new[]
        {
            await member.Get("/v1/members"), await member.Post("/v1/members", new { email = Email(), role = "admin" }),
            await member.Patch($"/v1/members/{member.MemberId}", new { role = "admin" }),
            await member.Delete($"/v1/members/{member.MemberId}"),
            await member.Post($"/v1/members/{member.MemberId}/invitation", new { }),
        })
            Assert.Equal("manage_members", answer.Refuses("permission_denied").Text("missingPermission"));
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
    public async Task a_person_of_two_workspaces_chooses_after_the_password_and_changes_over()
    {
        var (first, second) = (await product.Workspace(), await product.Workspace());
        var person = await first.Member(Role.Maker);
        (await Invite(await second.AdminSession(), email: person.Email)).Is(HttpStatusCode.Created);
        var token = await product.InvitationTo(person.Email!);
        using var visitor = new Visitor(product.Address);
        Assert.DoesNotContain("Choose a password", (await visitor.Get($"/invite/{token}")).Body, StringComparison.Ordinal);
        // The link proves the address, not the person: who was not signed in signs in as ever.
        Assert.Equal("/sign-in", (await visitor.Submit($"/invite/{token}", $"/invite/{token}")).Location);
        Assert.DoesNotContain(visitor.Cookies, c => c.Name == "bursar_session");

        var chosen = await visitor.Submit("/sign-in", "/sign-in",
            ("email", person.Email!), ("password", Workspace.Password), ("returnUrl", "/test/transfers"));
        Assert.Equal("/workspaces?returnUrl=%2Ftest%2Ftransfers", chosen.Location);
        var choice = await visitor.Get(chosen.Location!);
        Assert.Contains(second.Book.Workspace.ToString(), choice.Body, StringComparison.Ordinal);
        foreach (var (to, role) in new[] { (second, "Reviewer"), (first, "Maker"), (second, "Reviewer") })
        {
            var before = visitor.Cookies["bursar_session"]!.Value;
            Assert.Equal("/test/home", (await Switch(visitor, to)).Location);
            Assert.Contains(role, (await visitor.Get("/test/home")).Body, StringComparison.Ordinal);
            if (visitor.Cookies["bursar_session"]!.Value != before) Assert.Equal(HttpStatusCode.Redirect, await Home(before));
        }
        var foreign = await product.Workspace();
        Assert.Equal(HttpStatusCode.NotFound, (await Switch(visitor, foreign)).Status);

        var session = await new Client(product.Address, null).Post("/v1/sessions",
            new { email = person.Email, password = Workspace.Password, workspaceId = second.Book.Workspace.ToString() });
        Assert.Equal(("reviewer", 2), (session.Is(HttpStatusCode.Created).Text("role"), session.Json["workspaces"]!.AsArray().Count));
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
        Assert.Equal(HttpStatusCode.Redirect, await Home(before));

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
        await using var connection = await product.Database.Login.OpenConnectionAsync(TestContext.Current.CancellationToken);
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
        (await Join(await product.InvitationTo(email))).Refuses("state_conflict");
        Assert.False((await operators.Make(await w.AdminEmail(), "Opa", Workspace.Password)).Ok);
    }

    private static Task<Seen> Switch(Visitor visitor, Workspace to) =>
        visitor.Submit("/workspaces", "/switch-workspace", ("workspaceId", to.Book.Workspace.ToString()));

    private static async Task<(string Id, string State, string Name, string Role)> Seat(Client admin, string email)
    {
        var seat = await Listed(admin, email);
        string Text(string name) => seat[name]!.GetValue<string>();
        return (Text("id"), Text("state"), Text("name"), Text("role"));
    }

    private static async Task<JsonNode> Listed(Client admin, string email) =>
        (await admin.Get("/v1/members")).Json["data"]!.AsArray().Single(m => m!["email"]!.GetValue<string>() == email)!;

    private async Task<HttpStatusCode> Home(string cookie)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(product.Address, "/test/home"));
        request.Headers.Add("Cookie", $"bursar_session={cookie}");
        return (await http.SendAsync(request)).StatusCode;
    }

    private async Task Backdate(string id, int days)
    {
        await using var connection = await product.Database.Login.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            update bursar.invitations set sent_at = sent_at - @by, expires_at = expires_at - @by where member_id = @id
            """, new { by = TimeSpan.FromDays(days), id = MemberId.TryParse(id, out var member) ? member.Value : Guid.Empty });
    }

    private async Task<IReadOnlyList<string>> Journal(Workspace w, string id)
    {
        await using var connection = await product.Database.Login.OpenConnectionAsync();
        return (await connection.QueryAsync<string>("""
            select type from bursar.journal where workspace_id = @w and mode = 1 and subject = @id order by position
            """, new { w = w.Book.Workspace.Value, id = MemberId.TryParse(id, out var member) ? member.Value : Guid.Empty })).AsList();
    }

    /// <summary>How many rows of the tables that had to do with it hold a secret in the clear.</summary>
    private async Task<long> Everywhere(string secret)
    {
        await using var connection = await product.Database.Login.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>("""
            select (select count(*) from bursar.messages x where x::text like @like)
                + (select count(*) from bursar.invitations x where x::text like @like)
                + (select count(*) from bursar.invitation_links x where x::text like @like)
                + (select count(*) from bursar.journal x where x::text like @like)
                + (select count(*) from bursar.sessions x where x::text like @like)
            """, new { like = $"%{secret}%" });
    }
}
