using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Pages;

namespace Bursar.Rooms.Workspaces;

/// <summary>The forms of one's own profile.</summary>
public static class ProfileForms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapForm("settings/profile", Rename);
        routes.MapForm("settings/profile/phone", SendPhoneCode);
        routes.MapForm("settings/profile/phone/code", ConfirmPhone);
        routes.MapForm("settings/profile/channel", ChooseChannel);
        routes.MapForm("settings/profile/reading", ReadAs);
    }

    private static async Task Rename(PagePost post) => await Answer(post, await Profiles(post).Rename(post.Actor, post.Text("name")),
        "name", "Name saved");

    private static async Task SendPhoneCode(PagePost post)
    {
        var sent = await Profiles(post).SendPhoneCode(post.Actor, post.Text("phone"), Channel(post));
        if (sent.Ok) await PageDoor.Show(post.Http, typeof(ProfilePage), new() { ["Sent"] = sent.Value });
        else await Refuse(post, sent.Error, "phone");
    }

    private static async Task ConfirmPhone(PagePost post)
    {
        var confirmed = await Profiles(post).ConfirmPhone(post.Actor, post.Text("code"));
        if (confirmed.Ok) await post.Done("settings/profile", "Phone number confirmed");
        else await Refuse(post, confirmed.Error, "code", new() { ["Sent"] = new CodeSent(Channel(post), post.Text("to"), default) });
    }

    private static async Task ChooseChannel(PagePost post) =>
        await Answer(post, await Profiles(post).ChooseChannel(post.Actor, Channel(post, "codeChannel")), "channel", "Saved");

    private static async Task ReadAs(PagePost post)
    {
        short? hours = post.Text("clockHours") switch { "" => null, "12" => 12, "24" => 24, _ => 0 };
        await Answer(post,
            await Profiles(post).ReadAs(post.Actor, post.TextOrNull("language"), post.TextOrNull("dateOrder"), hours),
            "reading", "Saved");
    }

    private static Task Answer(PagePost post, Result<Profile> result, string form, string flash) =>
        result.Ok ? post.Done("settings/profile", flash) : Refuse(post, result.Error, form);

    private static Task Refuse(PagePost post, Error error, string form, Dictionary<string, object>? with = null) =>
        post.Again<ProfilePage>(error, new(with ?? []) { ["Refused"] = form });

    private static CodeChannel Channel(PagePost post, string name = "channel") =>
        Json.TryParse<CodeChannel>(post.Text(name), out var channel) ? channel : CodeChannel.Email;

    private static Profiles Profiles(PagePost post) => post.Http.RequestServices.GetRequiredService<Profiles>();
}
