using System.Net;
using Bursar.Core.Access;
using Bursar.Platform.Access;
using Bursar.Tests.Given;
using Bursar.Tests.Rails;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Bursar.Tests.Rooms;

/// <summary>The operator keeps the plans (PRODUCT §12): what they allow holds at once, wherever it is asked.</summary>
public sealed class PlanTests(Product product)
{
    [Fact]
    public async Task a_plan_and_its_change_hold_for_the_very_next_decision_in_both_of_two_processes()
    {
        var (desk, plan) = (await Desk(), Name());
        (await desk.Post("/operator/plans", Fields(plan, evaluations: "2"))).Is(HttpStatusCode.Redirect);
        var w = await Live();
        var (app, address) = await product.Serve();
        await using (app)
        {
            Client[] doors = [w.Api, w.Through(address)];
            foreach (var door in doors) Assert.Equal("ALLOW", (await Ask(door)).Text("decision"));
            await Moved(desk, w, "pro", plan);
            foreach (var door in doors) Assert.Equal("ALLOW", (await Ask(door)).Text("decision"));
            foreach (var door in doors) (await Ask(door)).Refuses("plan_limit_reached");
            (await desk.Post($"/operator/plans/{plan}", Fields(plan, evaluations: "4", version: "1"))).Is(HttpStatusCode.Redirect);
            foreach (var door in doors) Assert.Equal("ALLOW", (await Ask(door)).Text("decision"));
            foreach (var door in doors) (await Ask(door)).Refuses("plan_limit_reached");
            await Moved(desk, w, plan, "pro");
            foreach (var door in doors) Assert.Equal("ALLOW", (await Ask(door)).Text("decision"));
            await app.StopAsync();
        }
        Assert.Equal(2, await w.Facts("workspace.plan_changed"));
        var page = (await desk.Browser.Get($"/operator/plans/{plan}")).Is(HttpStatusCode.OK).Body;
        Assert.Contains("Evaluations a day: 2 → 4", WebUtility.HtmlDecode(page), StringComparison.Ordinal);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task whoever_has_an_ended_plan_keeps_it_and_nobody_else_gets_it()
    {
        var (desk, plan) = (await Desk(), Name());
        (await desk.Post("/operator/plans", Fields(plan, evaluations: "1"))).Is(HttpStatusCode.Redirect);
        var (having, late) = (await Live(), await Live());
        await Moved(desk, having, "pro", plan);
        (await desk.Post($"/operator/plans/{plan}/end")).Is(HttpStatusCode.Redirect);
        (await desk.Post($"/operator/plans/{plan}/end")).Is(HttpStatusCode.Conflict);
        await Ask(having.Api);
        (await Ask(having.Api)).Refuses("plan_limit_reached");
        (await Move(desk, late, "pro", plan)).Is(HttpStatusCode.Conflict);
        (await Move(desk, late, "pro", "never-made")).Is(HttpStatusCode.Conflict);
        (await Move(desk, late, "pro", "pro")).Is(HttpStatusCode.Conflict);
        Assert.Equal("pro", (await late.Api.Get("/v1/plan")).Text("name"));
        // New workspaces begin with these: they stay.
        foreach (var given in new[] { "free", "pro" }) (await desk.Post($"/operator/plans/{given}/end")).Is(HttpStatusCode.Conflict);
    }

    [Fact]
    public async Task of_two_who_change_a_plan_one_is_told_and_what_makes_no_sense_is_said_of_its_field()
    {
        var (desk, plan) = (await Desk(), Name());
        (await desk.Post("/operator/plans", Fields(plan, evaluations: ""))).Is(HttpStatusCode.Redirect);
        (await desk.Post("/operator/plans", Fields(plan, evaluations: "5"))).Is(HttpStatusCode.UnprocessableEntity);
        (await desk.Post($"/operator/plans/{plan}", Fields(plan, evaluations: "7", version: "1"))).Is(HttpStatusCode.Redirect);
        (await desk.Post($"/operator/plans/{plan}", Fields(plan, evaluations: "8", version: "1"))).Is(HttpStatusCode.Conflict);
        foreach (var wrong in new[] { "-1", "1000001", "ten", "1,5" })
            Assert.Contains("f-evaluationsPerDay-m", (await desk.Post($"/operator/plans/{plan}", Fields(plan, evaluations: wrong, version: "2")))
                .Is(HttpStatusCode.UnprocessableEntity).Body, StringComparison.Ordinal);
        (await desk.Post("/operator/plans", Fields("Not this", evaluations: ""))).Is(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("value=\"7\"", (await desk.Browser.Get($"/operator/plans/{plan}")).Body, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, (await desk.Browser.Get("/operator/plans/never-made")).Status);
    }

    [Fact]
    public async Task only_an_operator_who_showed_the_password_changes_a_plan_and_members_see_what_there_is()
    {
        var email = $"o{Guid.CreateVersion7():N}@example.test";
        Assert.True((await product.Services.GetRequiredService<OperatorSessions>().Make(email, "Bima", Workspace.Password)).Ok);
        var browser = new PageClient(product.Address);
        (await browser.SignIn(email)).Is(HttpStatusCode.Redirect);
        (await browser.Get("/operator/plans")).Is(HttpStatusCode.OK);
        var plan = Name();
        (await browser.Post("/operator/plans", Fields(plan, evaluations: "3"))).Is(HttpStatusCode.Unauthorized);
        Assert.DoesNotContain(plan, (await browser.Get("/operator/plans")).Body, StringComparison.Ordinal);
        var w = await product.Workspace();
        var member = await w.AdminPages();
        (await member.Get("/test/settings/plan")).Is(HttpStatusCode.OK);
        Assert.Equal(HttpStatusCode.NotFound, (await member.Get("/operator/plans")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await member.Post("/operator/plans", Fields(plan, evaluations: "3"))).Status);
        Assert.Equal(HttpStatusCode.NotFound,
            (await member.Post("/operator/plans/free/move", ("workspace", w.Book.Workspace.ToString()), ("plan", "free"))).Status);
        Assert.Equal("pro", (await w.Api.Get("/v1/plan")).Text("name"));
        Assert.Contains("Free", (await member.Get("/test/settings/plan")).Body, StringComparison.Ordinal);
    }

    private static (string Name, string Value)[] Fields(string name, string evaluations, string version = "0") =>
    [
        ("name", name), ("version", version), ("usdPerMonth", "12"), ("policiesMax", "5"), ("keysMax", ""),
        ("evaluationsPerDay", evaluations),
    ];

    private static string Name() => $"p{Guid.CreateVersion7():N}"[..25];

    private static Task<Answer> Ask(Client door) => door.Post("/v1/spend-requests", Spends.SpendBody(1_000));

    private static Task<Answer> Move(OperatorDesk desk, Workspace w, string from, string to) =>
        desk.Post($"/operator/plans/{from}/move", ("workspace", w.Book.Workspace.ToString()), ("plan", to));

    private static async Task Moved(OperatorDesk desk, Workspace w, string from, string to) =>
        (await Move(desk, w, from, to)).Is(HttpStatusCode.Redirect);

    private async Task<Workspace> Live()
    {
        var w = await product.Workspace(Mode.Live);
        var admin = await (await w.AdminSession("live")).StepUp();
        (await admin.Post("/v1/policies", new { name = "Agents" })).Is(HttpStatusCode.Created);
        return w;
    }

    private async Task<OperatorDesk> Desk()
    {
        var email = $"o{Guid.CreateVersion7():N}@example.test";
        Assert.True((await product.Services.GetRequiredService<OperatorSessions>().Make(email, "Bima", Workspace.Password)).Ok);
        var browser = new PageClient(product.Address);
        (await browser.SignIn(email)).Is(HttpStatusCode.Redirect);
        return new OperatorDesk(browser);
    }
}
