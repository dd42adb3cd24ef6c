using Bursar.Core.Access;
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
        routes.MapForm("team", Add);
        routes.MapForm("team/{id}/role", ChangeRole);
        routes.MapForm("team/{id}/removal", Remove);
    }

    private static async Task Add(PagePost post)
    {
        if (!Json.TryParse<Role>(post.Text("role"), out var role)) { await post.Again<TeamPage>(Errors.Field("/role", "required", "Choose a role.")); return; }
        var added = await Members(post).Add(post.Actor, new NewMember(post.Text("email"), role, post.Form["password"].ToString(), post.TextOrNull("name"), post.TextOrNull("phone")));
        if (added.Ok) await post.Done("team", $"{added.Value.Name} was added");
        else await post.Again<TeamPage>(added.Error);
    }

    private static async Task ChangeRole(PagePost post)
    {
        var changed = MemberId.TryParse(Id(post), out var id) && Json.TryParse<Role>(post.Text($"role-of-{Id(post)}"), out var role)
            ? await Members(post).ChangeRole(post.Actor, id, role) : Errors.Missing();
        if (changed.Ok) await post.Done("team", "Role changed");
        else await post.Again<TeamPage>(changed.Error);
    }

    private static async Task Remove(PagePost post)
    {
        var removed = MemberId.TryParse(Id(post), out var id) ? await Members(post).Remove(post.Actor, id) : Errors.Missing();
        if (removed.Ok) await post.Done("team", $"{removed.Value.Name} was removed");
        else await post.Again<TeamPage>(removed.Error);
    }

    private static Members Members(PagePost post) => post.Http.RequestServices.GetRequiredService<Members>();

    private static string Id(PagePost post) => post.Http.Request.RouteValues["id"]!.ToString()!;
}
