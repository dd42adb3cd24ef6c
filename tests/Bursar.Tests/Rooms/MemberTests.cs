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

/// <summary>Who has what role, and who cannot be put out (PRODUCT W2; AU6, AU4).</summary>
public sealed class MemberTests(Product product)
{
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
        await using var connection = await product.Owner.OpenConnectionAsync(TestContext.Current.CancellationToken);
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
            if (visitor.Cookies["bursar_session"]!.Value != before) Assert.Equal(HttpStatusCode.Redirect, await product.Home(before));
        }
        var foreign = await product.Workspace();
        Assert.Equal(HttpStatusCode.NotFound, (await Switch(visitor, foreign)).Status);

        var session = await new Client(product.Address, null).Post("/v1/sessions",
            new { email = person.Email, password = Workspace.Password, workspaceId = second.Book.Workspace.ToString() });
        Assert.Equal(("reviewer", 2), (session.Is(HttpStatusCode.Created).Text("role"), session.Json["workspaces"]!.AsArray().Count));
    }

    private static Task<Seen> Switch(Visitor visitor, Workspace to) =>
        visitor.Submit("/workspaces", "/switch-workspace", ("workspaceId", to.Book.Workspace.ToString()));
}
