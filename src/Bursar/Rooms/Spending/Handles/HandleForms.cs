using System.Globalization;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Bursar.Platform.Pages;

namespace Bursar.Rooms.Spending.Handles;

/// <summary>The forms of the pages about payment handles.</summary>
public static class HandleForms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapForm("agents/handles", Create);
        routes.MapForm("agents/handles/{id}", Save);
        routes.MapForm("agents/handles/{id}/default", MakeDefault);
        routes.MapForm("agents/handles/{id}/health-check", Check);
        routes.MapForm("agents/handles/{id}/secret-rotation", Rotate);
        routes.MapForm("agents/handles/{id}/archive", Archive);
    }

    private static async Task Create(PagePost post)
    {
        var isKnown = Json.TryParse<HandleType>(post.Text("type"), out var type);
        var made = isKnown
            ? await post.Get<HandleChanges>().Create(post.Actor,
                new NewHandle(post.Text("name"), type, Address(post, type), Token(post, type),
                post.Form.ContainsKey("isDefault"), AutoExecute(post, type), Account(post, type), Seconds(post, "satSeconds"),
                Seconds(post, "authorizationSeconds")))
            : Errors.Field("/type", "unknown", "Choose how it pays.");
        if (!made.Ok) await post.Again<NewHandlePage>(made.Error);
        else if (made.Value.SigningSecret is not null) await post.ShowOnce<HandleList>("Made", made.Value);
        else await post.Done("agents/handles", "Handle created");
    }

    private static Task Save(PagePost post) => With(post, async id =>
    {
        var known = await post.Get<HandleReads>().Get(post.Actor, id);
        if (!known.Ok) return known.Error;
        var type = known.Value.Type;
        // An address and a token are never shown again: left empty they stay.
        var (url, token) = (post.TextOrNull("url"), post.TextOrNull("authToken"));
        return await post.Get<HandleChanges>().Change(post.Actor, id, new HandleChange(post.Text("name"), url, token,
            AutoExecute: AutoExecute(post, type), Managed: Account(post, type), SatSeconds: Seconds(post, "satSeconds"),
            AuthorizationSeconds: Seconds(post, "authorizationSeconds")));
    }, "Handle saved");

    private static Task MakeDefault(PagePost post) =>
        With(post, id => post.Get<HandleChanges>().Change(post.Actor, id, new HandleChange(IsDefault: true)),
            "This handle is the default now");

    private static Task Archive(PagePost post) => With(post, id => post.Get<HandleChanges>().Archive(post.Actor, id), "Handle archived");

    /// <summary>The result is shown where the handle is; whether it is good or bad, the check is done.</summary>
    private static async Task Check(PagePost post)
    {
        var found = HandleId.TryParse(post.Id, out var id) ? await post.Get<HandleHealthCheck>().Handle(post.Actor, id) : Errors.Missing();
        if (found.Ok) await post.Done($"agents/handles/{id}", found.Value.Health!.Status == "healthy" ? "The executor answers" : "Checked");
        else await post.Again<HandlePage>(found.Error);
    }

    private static async Task Rotate(PagePost post)
    {
        var minutes = int.TryParse(post.Text("afterMinutes"), NumberStyles.None, CultureInfo.InvariantCulture, out var given) ? given : 60;
        var rotated = HandleId.TryParse(post.Id, out var id)
            ? await post.Get<HandleChanges>().RotateSecret(post.Actor, id, new SigningSecretRotation { AfterMinutes = minutes })
            : Errors.Missing();
        if (rotated.Ok) await post.ShowOnce<HandleList>("Made", rotated.Value);
        else await post.Again<HandlePage>(rotated.Error);
    }

    private static async Task With(PagePost post, Func<HandleId, Task<Result<Handle>>> act, string done)
    {
        var result = HandleId.TryParse(post.Id, out var id) ? await act(id) : Errors.Missing();
        if (result.Ok) await post.Done("agents/handles", done);
        else await post.Again<HandlePage>(result.Error);
    }

    // The form of a type has the fields of that type only; an empty one is told as missing.
    private static string? Address(PagePost post, HandleType type) => type == HandleType.ExternalExecutor ? post.Text("url") : null;

    private static string? Token(PagePost post, HandleType type) => type == HandleType.ExternalExecutor ? post.Text("authToken") : null;

    private static bool AutoExecute(PagePost post, HandleType type) => type != HandleType.SdkGuard && post.Form.ContainsKey("autoExecute");

    private static ManagedAccount? Account(PagePost post, HandleType type) => type == HandleType.Managed
        ? new ManagedAccount(post.Text("managed.bankCode"), post.Text("managed.accountNumber")) : null;

    /// <summary>What is no number is out of every range.</summary>
    private static int? Seconds(PagePost post, string name) =>
        post.TextOrNull(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? seconds : -1;
}
