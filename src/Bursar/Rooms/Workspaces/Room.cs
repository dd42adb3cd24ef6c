using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Files;
using Bursar.Platform.Http;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Workspaces;

/// <summary>People and how they get in.</summary>
public static class Room
{
    public sealed record RoleChange(Role Role);

    public static void Add(IServiceCollection services) =>
        services.AddSingleton<WorkspaceSettings>().AddSingleton<CompanyLogo>()
            .AddSingleton<ILetterheads, CompanyLetterheads>().AddSingleton<AuditReads>()
            .AddSingleton(new NavItem("Workspace", 2, "Manage multi account", "team", "users", Permission.ManageMembers))
            .AddSingleton(new NavItem("Workspace", 4, "Settings", "settings", "gear", Permission.None))
            .AddSingleton(new SettingsTab(1, "Your profile", "settings/profile", Permission.None))
            .AddSingleton(new SettingsTab(2, "Sign-in and sessions", "settings/security", Permission.None, ForOperators: true))
            .AddSingleton(new SettingsTab(3, "Workspace", "settings/workspace", Permission.AccountSettings))
            .AddSingleton(new SettingsTab(4, "Plan", "settings/plan", Permission.ViewControls))
            .AddSingleton(new SettingsTab(5, "Time and language", "settings/time", Permission.AccountSettings))
            .AddSingleton(new SettingsTab(6, "Notifications", "settings/notifications", Permission.AccountSettings))
            .AddSingleton(new SettingsTab(8, "Audit log", "settings/audit", Permission.AccountSettings));

    public static void Map(IEndpointRouteBuilder routes)
    {
        TeamForms.Map(routes);
        SignInForms.Map(routes);
        PasswordForms.Map(routes);
        ProfileForms.Map(routes);
        SecurityForms.Map(routes);
        SessionRoutes.Map(routes);
        JoinForms.Map(routes);
        WorkspaceForms.Map(routes);
        SettingsForms.Map(routes);
        CompanyLogo.Map(routes);
        AuditRoutes.Map(routes);
        routes.MapGet("/v1/workspace", (HttpContext http, WorkspaceSettings settings) => Api.Call(http, settings.Of))
            .Describe<WorkspaceResource>("Get the workspace");
        routes.MapPatch("/v1/workspace", (HttpContext http, WorkspaceSettings settings) =>
            Api.Call<WorkspaceChange, WorkspaceResource>(http, settings.Change))
            .Describe<WorkspaceChange, WorkspaceResource>("Change the workspace", new WorkspaceChange(Zone: "Asia/Makassar"));
        routes.MapGet("/v1/plan", (HttpContext http, PlanReads plans) => Api.Call(http, plans.Of))
            .Describe<PlanResource>("Get the plan and what live mode uses of it");
        routes.MapGet("/v1/members", (HttpContext http, Members members) => Api.Call(http, async actor =>
            (await members.List(actor)).Map(list => new Page<MemberResource>(list, null))))
            .Describe<Page<MemberResource>>("List members");
        routes.MapPost("/v1/members", (HttpContext http, Invitations invitations) =>
            Api.Call<NewMember, MemberResource>(http, invitations.Invite, 201))
            .Describe<NewMember, MemberResource>("Invite a member", new NewMember("grace@example.com", Role.Maker), 201);
        routes.MapPost("/v1/members/{id}/invitation", (HttpContext http, string id, Invitations invitations) => Api.Call(http, actor =>
            MemberId.TryParse(id, out var member) ? invitations.Resend(actor, member)
                : Task.FromResult<Result<MemberResource>>(Errors.Missing())))
            .Describe<MemberResource>("Send an invitation again");
        routes.MapPatch("/v1/members/{id}", (HttpContext http, string id, Members members) =>
            Api.Call<RoleChange, MemberResource>(http, (actor, change) =>
                MemberId.TryParse(id, out var member) ? members.ChangeRole(actor, member, change.Role)
                    : Task.FromResult<Result<MemberResource>>(Errors.Missing())))
            .Describe<RoleChange, MemberResource>("Change a role", new RoleChange(Role.Approver));
        routes.MapDelete("/v1/members/{id}", (HttpContext http, string id, Members members) => Api.Call(http, actor =>
            MemberId.TryParse(id, out var member) ? members.Remove(actor, member)
                : Task.FromResult<Result<MemberResource>>(Errors.Missing())))
            .Describe<MemberResource>("Remove a member");
    }

    /// <summary>One cookie; with the __Host- prefix and Secure over https.</summary>
    public static void SetCookie(HttpContext http, string value) =>
        http.Response.Cookies.Append(http.Request.IsHttps ? Sessions.SecureCookie : Sessions.Cookie, value,
            new CookieOptions
            {
                HttpOnly = true,
                Secure = http.Request.IsHttps,
                SameSite = SameSiteMode.Lax,
                Path = "/",
                IsEssential = true,
            });
}
