using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Pages;

namespace Bursar.Rooms.Workspaces;

/// <summary>The team page's forms.</summary>
public static class TeamForms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapForm("team", Invite);
        routes.MapForm("team/{id}/role", ChangeRole);
        routes.MapForm("team/{id}/invitation", Resend);
        routes.MapForm("team/{id}/removal", Remove);
    }

    private static async Task Invite(PagePost post)
    {
        var invited = Json.TryParse<Core.Access.Role>(post.Text("role"), out var role)
            ? await Invitations(post).Invite(post.Actor,
                new NewMember(post.Text("email"), role, post.TextOrNull("name"), post.TextOrNull("phone")))
            : Errors.Field("/role", "required", "Choose a role.");
        if (invited.Ok) await post.Done("team", $"An invitation is on its way to {invited.Value.Email}");
        else await post.Again<TeamPage>(invited.Error, new() { ["Adding"] = true });
    }

    private static async Task ChangeRole(PagePost post)
    {
        var chosen = post.Text($"role-of-{Id(post)}");
        var changed = MemberId.TryParse(Id(post), out var id) && Json.TryParse<Core.Access.Role>(chosen, out var role)
            ? await Members(post).ChangeRole(post.Actor, id, role) : Errors.Missing();
        if (changed.Ok) await post.Done("team", "Role changed");
        else await post.Again<TeamPage>(changed.Error);
    }

    private static async Task Resend(PagePost post)
    {
        var sent = MemberId.TryParse(Id(post), out var id) ? await Invitations(post).Resend(post.Actor, id) : Errors.Missing();
        if (sent.Ok) await post.Done("team", $"A new invitation is on its way to {sent.Value.Email}");
        else await post.Again<TeamPage>(sent.Error);
    }

    private static async Task Remove(PagePost post)
    {
        var removed = MemberId.TryParse(Id(post), out var id) ? await Members(post).Remove(post.Actor, id) : Errors.Missing();
        if (!removed.Ok) await post.Again<TeamPage>(removed.Error);
        else if (removed.Value.State == "revoked") await post.Done("team", $"The invitation of {removed.Value.Email} was revoked");
        else await post.Done("team", $"{removed.Value.Name} was removed");
    }

    private static Members Members(PagePost post) => post.Http.RequestServices.GetRequiredService<Members>();

    private static Invitations Invitations(PagePost post) => post.Http.RequestServices.GetRequiredService<Invitations>();

    private static string Id(PagePost post) => post.Http.Request.RouteValues["id"]!.ToString()!;
}
