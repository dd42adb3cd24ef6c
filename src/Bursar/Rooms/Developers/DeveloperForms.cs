using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Pages;

namespace Bursar.Rooms.Developers;

/// <summary>
/// The forms about keys and addresses; each ends in the verb that the API calls too. Those about webhooks are <see cref="WebhookForms"/>.
/// </summary>
public static class DeveloperForms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapForm("developers/keys", NewKey);
        routes.MapForm("developers/keys/{id}/replacement", Replace);
        routes.MapForm("developers/keys/{id}/revocation", Revoke);
        routes.MapForm("developers/ip-allowlist", AddAddress);
        routes.MapForm("developers/ip-allowlist/{id}/removal", RemoveAddress);
    }

    private static async Task NewKey(PagePost post)
    {
        var scope = Json.TryParse<KeyScope>(post.Text("scope"), out var given) ? given : KeyScope.Read;
        if (!Until(post, out var expiresAt))
        {
            await post.Again<KeysPage>(Errors.Field("/expiresAt", "invalid", "A day, as 2026-12-31."));
            return;
        }
        var made = await post.Get<ApiKeys>().Create(post.Actor,
            new NewApiKey(post.Text("name"), scope, post.Text("canWritePolicies") == "true", expiresAt,
            post.Lines("agentIds"), post.Lines("ipRules")));
        if (made.Ok) await post.ShowOnce<KeysPage>("Made", made.Value);
        else await post.Again<KeysPage>(made.Error);
    }

    private static async Task Replace(PagePost post)
    {
        _ = int.TryParse(post.Text($"overlap-{post.Id}"), NumberStyles.None, CultureInfo.InvariantCulture, out var hours);
        var made = ApiKeyId.TryParse(post.Id, out var id)
            ? await post.Get<ApiKeys>().Replace(post.Actor, id, new ApiKeyReplacement { OverlapHours = hours }) : Errors.Missing();
        if (made.Ok) await post.ShowOnce<KeysPage>("Made", made.Value);
        else await post.Again<KeysPage>(made.Error);
    }

    private static async Task Revoke(PagePost post)
    {
        var revoked = ApiKeyId.TryParse(post.Id, out var id) ? await post.Get<ApiKeys>().Revoke(post.Actor, id) : Errors.Missing();
        if (revoked.Ok) await post.Done("developers", "Key revoked");
        else await post.Again<KeysPage>(revoked.Error);
    }

    private static async Task AddAddress(PagePost post)
    {
        var added = await post.Get<IpRuleList>().Add(post.Actor,
            new NewIpRule(post.Text("range"), post.TextOrNull("label"), post.Text("allowLockOut") == "true"));
        if (added.Ok) await post.Done("developers/ip-allowlist", $"{added.Value.Range} added");
        else await post.Again<IpRulesPage>(added.Error);
    }

    private static async Task RemoveAddress(PagePost post)
    {
        var removed = IpRuleId.TryParse(post.Id, out var id)
            ? await post.Get<IpRuleList>().Remove(post.Actor, id, post.Text($"allowLockOut-{post.Id}") == "true") : Errors.Missing();
        if (removed.Ok) await post.Done("developers/ip-allowlist", $"{removed.Value.Range} removed");
        else await post.Again<IpRulesPage>(removed.Error);
    }

    /// <summary>The end of the day that was typed, in the workspace's zone; nothing typed is no end.</summary>
    private static bool Until(PagePost post, out DateTimeOffset? until)
    {
        until = null;
        if (post.TextOrNull("expiresAt") is not { } text) return true;
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            || day.Year is < 2000 or > 2200)
            return false;
        until = post.Page.Zone.Start(day.AddDays(1));
        return true;
    }
}
