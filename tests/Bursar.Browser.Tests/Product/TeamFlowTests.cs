using System.Text.RegularExpressions;
using Bursar.Browser.Tests.Harness;
using Bursar.Core.Signing;
using Bursar.Core.Text;
using Bursar.Platform.Languages;
using Bursar.Platform.Ui;
using Microsoft.Playwright;

namespace Bursar.Browser.Tests.Product;

/// <summary>
/// A team's whole way in, by page: applying, being let in, inviting, joining, another role, a second step, waiting after wrong tries,
/// leaving. The same story in each language and theme; every page on the way is looked at by axe.
/// </summary>
[Collection(ProductFixture.Name)]
public sealed partial class TeamFlowTests(RealBrowser browser, ProductFixture product)
{
    private const string Password = "a long team password";

    /// <summary>What one run of the story knows: the language that its people read, and how their screens look.</summary>
    private sealed record Story(Language Language, View View)
    {
        /// <summary>Pages that were looked at: once is enough.</summary>
        public HashSet<string> Seen { get; } = [];
        public string Tag { get; } = $"{Guid.NewGuid():N}";
        public string Email(string who) => $"{who}-{Tag}@example.test";
        public string Say(Phrase text) => Language.Say(text);
    }

    [Theory, InlineData("en", false), InlineData("id", true)]
    public async Task a_team_comes_in_works_and_leaves(string language, bool dark)
    {
        var story = new Story(Language.Find(language)!, dark ? View.WideDark : View.WideLight);
        await Applies(story);
        await using var admin = await Open(story);
        await Joins(story, admin, "dewi", "Dewi Anggraini");
        await Invites(story, admin);
        await using var member = await Open(story);
        await Joins(story, member, "adi", "Adi Nugroho");
        await GetsAnotherRole(story, admin, member);
        var secret = await SetsUpTheSecondStep(story, member);
        await SignsInWithIt(story, member, secret);
        await WaitsAfterWrongTries(story);
        await IsRemoved(story, admin, member);
    }

    private async Task Applies(Story story)
    {
        await using var stranger = await Open(story);
        await stranger.Go("/apply");
        await Sound(story, stranger, "apply");
        await stranger.Page.FillAsync("#f-business", $"PT Maju {story.Language.Code}");
        await stranger.Page.FillAsync("#f-name", "Dewi Anggraini");
        await stranger.Page.FillAsync("#f-email", story.Email("dewi"));
        await stranger.Page.ClickAsync("main .form .btn.primary");
        await Sees(stranger, "h1", story.Say("We have your application"));
        await Sound(story, stranger, "applied");

        await using var desk = await Open(story, (await product.As("operator")).Cookie);
        await desk.Go("/operator/applications");
        await desk.Page.Locator(".application", new() { HasText = story.Email("dewi") }).Locator("button.primary").ClickAsync();
        await Sound(story, desk, "approve");
        await desk.Page.ClickAsync("dialog[open] .btn.primary");
        await Sees(desk, ".toast", story.Email("dewi"));
        await Sound(story, desk, "approved");
    }

    /// <summary>By the link of the e-mail, with a password of one's own.</summary>
    private async Task Joins(Story story, BrowserTab tab, string who, string name)
    {
        await tab.Go($"/invite/{await Token(story.Email(who))}");
        await Sound(story, tab, "invite");
        await tab.Page.FillAsync("#f-name", name);
        await tab.Page.FillAsync("#f-password", "short");
        await tab.Page.ClickAsync("main .form .btn.primary");
        await Assertions.Expect(tab.Page.Locator("#f-password-m")).ToBeVisibleAsync();
        await Sound(story, tab, "invite-refused");
        await tab.Page.FillAsync("#f-password", Password);
        await tab.Page.ClickAsync("main .form .btn.primary");
        await tab.Arrives("/test/home");
        await Sees(tab, ".org-name", $"PT Maju {story.Language.Code}");
        await Sound(story, tab, "home");
    }

    private static async Task Invites(Story story, BrowserTab admin)
    {
        await admin.Go("/test/team");
        await admin.Page.ClickAsync($"main .head .btn:has-text(\"{story.Say("Add account")}\")");
        await Sound(story, admin, "add");
        await admin.Page.FillAsync("#f-email", story.Email("adi"));
        await admin.Page.SelectOptionAsync("#f-role", "maker");
        await admin.Page.ClickAsync($"#add .btn.primary:has-text(\"{story.Say("Yes, add account")}\")");
        await Sees(admin, ".toast", story.Say($"An invitation is on its way to {story.Email("adi")}"));
        await Sees(admin, "main h2", story.Say("Pending invitations"));
        await Sound(story, admin, "invited");
        await admin.Go("/test/team/roles");
        await Sound(story, admin, "roles");
    }

    /// <summary>Their session ends with the old role; they come back with the new one.</summary>
    private static async Task GetsAnotherRole(Story story, BrowserTab admin, BrowserTab member)
    {
        await admin.Go("/test/team");
        var row = admin.Page.Locator("main tr", new() { HasText = story.Email("adi") });
        await row.Locator($"button:has-text(\"{story.Say("Change role")}\")").ClickAsync();
        await Sound(story, admin, "role");
        await admin.Page.SelectOptionAsync("dialog[open] select", "reviewer");
        await admin.Page.ClickAsync("dialog[open] .btn.primary");
        await Sees(admin, ".toast", story.Say("Role changed"));
        await member.Go("/test/home");
        Assert.Contains("/sign-in", member.Page.Url, StringComparison.Ordinal);
        await SignIn(story, member, "adi");
        await member.Arrives("/test/home");
        var refused = await member.Go("/test/transfers/new");
        Assert.Equal(403, refused.Status);
        await Sound(story, member, "refused");
    }

    private static async Task<byte[]> SetsUpTheSecondStep(Story story, BrowserTab member)
    {
        await member.Go("/test/settings/security");
        await Sound(story, member, "security");
        await member.Page.ClickAsync($"button:has-text(\"{story.Say("Set up authenticator app")}\")");
        await Sees(member, "h1", story.Say("Confirm it is you"));
        await Sound(story, member, "step-up");
        await member.Page.FillAsync("[name=\"stepUp.password\"]", Password);
        await member.Page.ClickAsync("main .btn.primary");
        await Assertions.Expect(member.Page.Locator("main svg.qr")).ToBeVisibleAsync();
        await Sound(story, member, "second-step");
        var secret = Authenticator.Secret(await member.Page.InnerTextAsync("main span.mono"));
        await member.Page.FillAsync("#f-code", Totp.Code(secret, Authenticator.Step));
        await member.Page.ClickAsync("main .form-foot .btn.primary");
        await Sees(member, "h1", story.Say("Recovery codes"));
        await Sound(story, member, "recovery-codes");
        await member.Page.CheckAsync("main .secret input[type=checkbox]");
        await member.Page.ClickAsync("main .secret .btn.primary");
        await Sees(member, "main", story.Say($"{10} of 10 recovery codes are left."));
        await Sound(story, member, "second-step-on");
        return secret;
    }

    private static async Task SignsInWithIt(Story story, BrowserTab member, byte[] secret)
    {
        await member.Page.Context.ClearCookiesAsync();
        await SignIn(story, member, "adi");
        await Sound(story, member, "code");
        await member.Page.FillAsync("#f-code", Totp.Code(secret, Authenticator.Step + 1));
        await member.Page.ClickAsync("main .form .btn.primary");
        await member.Arrives("/test/home");
    }

    private async Task WaitsAfterWrongTries(Story story)
    {
        await using var guesser = await Open(story);
        for (var tries = 0; tries < 6; tries++) await SignIn(story, guesser, "adi", "not their password");
        await Sees(guesser, "main .alert", story.Say("Too many tries. Wait 1 minute, then try again."));
        await Sound(story, guesser, "waits");
    }

    private static async Task IsRemoved(Story story, BrowserTab admin, BrowserTab member)
    {
        await admin.Go("/test/team");
        var row = admin.Page.Locator("main tr", new() { HasText = story.Email("adi") });
        await row.Locator($"button:has-text(\"{story.Say("Remove user")}\")").ClickAsync();
        await Sound(story, admin, "remove");
        await admin.Page.ClickAsync("dialog[open] .btn.danger");
        await Sees(admin, ".toast", story.Say($"{"Adi Nugroho"} was removed"));
        await Sound(story, admin, "removed");
        await member.Go("/test/home");
        Assert.Contains("/sign-in", member.Page.Url, StringComparison.Ordinal);
        await SignIn(story, admin, "dewi");
        await admin.Arrives("/test/home");
    }

    private static async Task SignIn(Story story, BrowserTab tab, string who, string password = Password)
    {
        await tab.Go("/sign-in");
        await tab.Page.FillAsync("#f-email", story.Email(who));
        await tab.Page.FillAsync("#f-password", password);
        await tab.Page.ClickAsync($"main .form .btn.primary:has-text(\"{story.Say("Sign in")}\")");
    }

    /// <summary>In the story's language and theme, without a finding of axe, and no wider than the screen.</summary>
    private static async Task Sound(Story story, BrowserTab tab, string step)
    {
        if (!story.Seen.Add(step)) return;
        await tab.Shot($"team-{step}-{story.Language.Code}");
        Assert.Equal(story.Language.Code, await tab.Page.GetAttributeAsync("html", "lang"));
        Assert.Empty(await tab.Axe());
        Assert.False(await tab.Overflows(), $"{step} scrolls sideways");
    }

    private static Task Sees(BrowserTab tab, string where, string text) =>
        Assertions.Expect(tab.Page.Locator(where).First).ToContainTextAsync(text);

    private Task<BrowserTab> Open(Story story, params Cookie[] cookies) =>
        browser.Open(product.Address, story.View, cookies: cookies, locale: story.Language.Code);

    private async Task<string> Token(string email)
    {
        using var http = new HttpClient();
        return Link().Match(await http.GetStringAsync($"{product.Address}/mailbox?to={email}")).Groups[1].Value;
    }

    [GeneratedRegex(@"/invite/([\w-]{43})")]
    private static partial Regex Link();
}
