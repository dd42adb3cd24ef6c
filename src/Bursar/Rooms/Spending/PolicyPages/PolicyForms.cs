using System.Text.Json;
using System.Text.Json.Nodes;
using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Spending.PolicyPages;

/// <summary>The policy pages' forms: save, switch, archive, restore, and try a draft before it is saved.</summary>
public static class PolicyForms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapForm("agents/policies/{id}", Save);
        routes.MapForm("agents/policies/{id}/active", Switch);
        routes.MapForm("agents/policies/{id}/archive", Archive);
        routes.MapForm("agents/policies/{id}/versions/{version}/restoration", Restore);
        routes.MapForm("agents/policies/{id}/test", Test);
        routes.MapForm("agents/policies/{id}/replay", Replay);
    }

    private static async Task Save(PagePost post)
    {
        if (post.Actor.Require(Permission.WritePolicies) is { } denied) { await PageDoor.ShowError(post.Http, denied); return; }
        var before = await Before(post);
        if (!before.Ok) { await PageDoor.ShowError(post.Http, before.Error); return; }
        var fields = new PolicyForm(post).Read(before.Value);
        if (!fields.Ok) { await post.Again<PolicyPage>(fields.Error); return; }
        var policies = post.Get<Policies>();
        var saved = before.Value is { } policy
            ? await policies.Change(post.Actor, policy.Id, _ => fields, int.TryParse(post.Text("version"), out var seen) ? seen : null)
            : await policies.Create(post.Actor, fields.Value);
        if (!saved.Ok) await post.Again<PolicyPage>(saved.Error);
        else if (saved.Value.Warnings.Count > 0) await post.Done($"agents/policies/{saved.Value.Id}", "Policy saved. Read the warning");
        else if (before.Value is null) await post.Done("agents/policies", "Policy created");
        else await post.Done("agents/policies", $"Saved as version {saved.Value.Version}");
    }

    /// <summary>The switch in the list: on or off, everything else stays.</summary>
    private static async Task Switch(PagePost post)
    {
        var on = post.Text("on") == "true";
        var changed = await PolicyRoutes.Named(post.Id, id =>
            post.Get<Policies>().Change(post.Actor, id, fields => fields with { Active = on }));
        if (changed.Ok) await post.Done("agents/policies", on ? "Policy is on" : "Policy is off");
        else await post.Again<PolicyList>(changed.Error);
    }

    private static async Task Archive(PagePost post)
    {
        var archived = await PolicyRoutes.Named(post.Id, id => post.Get<Policies>().Archive(post.Actor, id));
        if (archived.Ok) await post.Done("agents/policies", "Policy archived");
        else await post.Again<PolicyPage>(archived.Error);
    }

    private static async Task Restore(PagePost post)
    {
        var version = PolicyRoutes.VersionOf(post.Http.Request.RouteValues["version"]?.ToString());
        var restored = await PolicyRoutes.Named(post.Id, id => post.Get<Policies>().Restore(post.Actor, id, version));
        if (!restored.Ok) await post.Again<PolicyPage>(restored.Error);
        else await post.Done($"agents/policies/{post.Id}", $"Version {version} is in force again, as version {restored.Value.Version}");
    }

    private static async Task Test(PagePost post)
    {
        if (await Draft<PolicyTestPage>(post) is not { } draft) return;
        var with = new Dictionary<string, object> { [nameof(PolicyTestPage.Draft)] = draft };
        if (post.TextOrNull("json") is null && post.TextOrNull("amount") is null && post.Form.ContainsKey("name"))
        {
            // Straight from the editor: nothing was asked yet, and its fields are not this page's.
            await PageDoor.Show(post.Http, typeof(PolicyTestPage), with);
            return;
        }
        var request = Asked(post, draft);
        var tested = request.Ok ? await post.Get<TestPolicies>().Handle(post.Actor, request.Value) : request.Error;
        if (!tested.Ok) { await post.Again<PolicyTestPage>(tested.Error, with); return; }
        post.Page.Posted = post.Form;
        with[nameof(PolicyTestPage.Asked)] = request.Value;
        with[nameof(PolicyTestPage.Tested)] = tested.Value;
        await PageDoor.Show(post.Http, typeof(PolicyTestPage), with);
    }

    private static async Task Replay(PagePost post)
    {
        if (await Draft<PolicyReplayPage>(post) is not { } draft) return;
        var id = PolicyId.TryParse(post.Id, out var known) ? known : (PolicyId?)null;
        var request = new ReplayPolicies.Request { From = post.TextOrNull("from"), To = post.TextOrNull("to"), Draft = draft };
        var with = new Dictionary<string, object> { [nameof(PolicyReplayPage.Draft)] = draft };
        var replayed = await post.Get<ReplayPolicies>().Handle(post.Actor, id, request);
        if (!replayed.Ok) { await post.Again<PolicyReplayPage>(replayed.Error, with); return; }
        post.Page.Posted = post.Form;
        with[nameof(PolicyReplayPage.Replayed)] = replayed.Value;
        await PageDoor.Show(post.Http, typeof(PolicyReplayPage), with);
    }

    /// <summary>
    /// What is tried: the fields of the editor, or those that the page carries along; always as if it were on. Null after an answer was
    /// given.
    /// </summary>
    private static async Task<PolicyFields?> Draft<TPage>(PagePost post) where TPage : Microsoft.AspNetCore.Components.IComponent
    {
        if (post.Actor.Require(Permission.ViewControls) is { } denied) { await post.Again<TPage>(denied); return null; }
        var before = await Before(post);
        if (!before.Ok) { await PageDoor.ShowError(post.Http, before.Error); return null; }
        if (!post.Form.ContainsKey("name"))
        {
            var carried = post.TextOrNull("draft") is { } json ? Parsed<PolicyFields>(json) : (Result<PolicyFields>)Errors.Missing();
            if (carried.Ok) return carried.Value with { Active = true };
            if (before.Value is { } kept) return PolicyFields.Of(kept) with { Active = true };
            await PageDoor.ShowError(post.Http, Errors.Missing());
            return null;
        }
        var typed = new PolicyForm(post).Read(before.Value);
        var problems = typed.Ok ? PolicyCheck.Validate(typed.Value.ToPolicy(default, 1)) : typed.Error.Fields;
        if (problems.Count == 0) return typed.Value with { Active = true };
        await post.Again<PolicyPage>(Errors.Invalid([.. problems]));
        return null;
    }

    private static Result<TestPolicies.Request> Asked(PagePost post, PolicyFields draft)
    {
        var id = PolicyId.TryParse(post.Id, out var known) ? known : (PolicyId?)null;
        if (post.TextOrNull("json") is { } json)
        {
            var parsed = Parsed<TestPolicies.Request>(json);
            return parsed.Ok ? parsed.Value with { Draft = draft, PolicyId = id }
                : Errors.Field("/json", "invalid", $"This is no spend request: {parsed.Error.Detail}");
        }
        var currency = Currency.TryGet(draft.Currency, out var its) ? its : Currency.Idr;
        if (!MoneyInput.TryParse(post.Text("amount"), currency, out var amount))
            return Errors.Field("/amount", "invalid", $"Write an amount in {currency.Code}.");
        var kind = Json.TryParse<DisbursementKind>(post.Text("kind"), out var chosen) ? chosen : DisbursementKind.AgentSpend;
        var principal = Json.TryParse<PrincipalKind>(post.Text("principal"), out var asks) ? asks : PrincipalKind.Member;
        return new TestPolicies.Request(amount.Minor, currency.Code, post.TextOrNull("agentId"), post.TextOrNull("merchant"),
            post.TextOrNull("category"), Kind: kind, Principal: principal, Draft: draft, PolicyId: id);
    }

    private static Result<T> Parsed<T>(string json) where T : class
    {
        try { return Bodies.Of<T>(JsonNode.Parse(json) ?? new JsonObject()); }
        catch (JsonException) { return new Error(Errors.MalformedJson, "it is not JSON."); }
    }

    /// <summary>The policy that the form is about, or null for a new one.</summary>
    private static async Task<Result<Policy?>> Before(PagePost post)
    {
        if (post.Id == "new") return (Policy?)null;
        var found = await PolicyRoutes.Named(post.Id, id => post.Get<PolicyReads>().Get(post.Actor, id));
        return found.Map(policy => (Policy?)policy);
    }
}
