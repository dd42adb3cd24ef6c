using System.Net;
using Bursar.Core.Access;
using Bursar.Tests.Given;
using Xunit;

namespace Bursar.Tests.Rooms;

public sealed class WorkspaceSettingsTests(Product product)
{
    [Fact]
    public async Task what_is_given_changes_and_the_rest_stays()
    {
        var w = await product.Workspace();
        var admin = await w.AdminSession();
        await admin.StepUp();
        var before = (await admin.Get("/v1/workspace")).Is(HttpStatusCode.OK);
        Assert.Equal("Asia/Jakarta", before.Text("zone"));
        (await admin.Patch("/v1/workspace", new
        {
            name = "PT Kopi Jaya",
            zone = "Asia/Makassar",
            time = new { dateOrder = "ymd", hours = 12, weekStart = "sunday" },
            profile = new { legalName = "PT Kopi Jaya Abadi", taxNumber = "01.234.567.8-901.000" },
            notificationEmail = "money@kopi.test",
            lowDepositAlert = 250_000,
            settlementAccount = new { bankCode = "bca", accountNumber = "5270997481" },
        })).Is(HttpStatusCode.OK);
        var after = await admin.Get("/v1/workspace");
        Assert.Equal("PT Kopi Jaya", after.Text("name"));
        Assert.Equal("ymd", after.Json["time"]!["dateOrder"]!.GetValue<string>());
        Assert.Equal("PT Kopi Jaya Abadi", after.Json["profile"]!["legalName"]!.GetValue<string>());
        Assert.NotEqual("", after.Json["settlementAccount"]!["holderName"]!.GetValue<string>());
        Assert.Equal("en", after.Text("language"));
        (await admin.Patch("/v1/workspace", new { lowDepositAlert = 0, notificationEmail = "" })).Is(HttpStatusCode.OK);
        var cleared = await admin.Get("/v1/workspace");
        Assert.Null(cleared.Json["lowDepositAlert"]);
        Assert.Null(cleared.Json["notificationEmail"]);
        Assert.Equal("PT Kopi Jaya", cleared.Text("name"));
        await w.BooksAreRight();
    }

    [Theory]
    [InlineData("""{"name":""}""", "/name")]
    [InlineData("""{"zone":"Mars/Olympus"}""", "/zone")]
    [InlineData("""{"language":"xx"}""", "/language")]
    [InlineData("""{"notificationEmail":"a b"}""", "/notificationEmail")]
    [InlineData("""{"lowDepositAlert":-1}""", "/lowDepositAlert")]
    [InlineData("""{"time":{"dateOrder":"dmy","hours":13,"weekStart":"monday"}}""", "/time/hours")]
    [InlineData("""{"profile":{"contactEmail":"nobody"}}""", "/profile/contactEmail")]
    [InlineData("""{"settlementAccount":{"bankCode":"gopay","accountNumber":"081234"}}""", "/settlementAccount/bankCode")]
    [InlineData("""{"settlementAccount":{"bankCode":"bca","accountNumber":"990004"}}""", "/settlementAccount/accountNumber")]
    public async Task a_bad_value_is_named_and_nothing_changes(string body, string pointer)
    {
        var w = await product.Workspace();
        var admin = await w.AdminSession();
        await admin.StepUp();
        var before = (await admin.Get("/v1/workspace")).Body;
        var refused = (await admin.Raw(HttpMethod.Patch, "/v1/workspace", body)).Refuses("validation_failed");
        Assert.Equal(pointer, refused.Json["errors"]![0]!["pointer"]!.GetValue<string>());
        Assert.Equal(before, (await admin.Get("/v1/workspace")).Body);
    }

    [Fact]
    public async Task only_an_admin_looks_and_writes_and_only_a_person_parts_or_joins_duties()
    {
        var w = await product.Workspace();
        foreach (var role in Enum.GetValues<Role>().Where(r => r != Role.Admin))
        {
            var member = await w.Member(role);
            Assert.Equal("account_settings", (await member.Get("/v1/workspace")).Refuses("permission_denied").Text("missingPermission"));
            (await member.Patch("/v1/workspace", new { name = "Mine" })).Refuses("permission_denied");
        }
        (await w.Api.Patch("/v1/workspace", new { name = "A key's" })).Refuses("permission_denied");
        (await (await w.AdminSession()).Patch("/v1/workspace", new { separationOfDuties = false })).Refuses("otp_required");
    }

    [Fact]
    public async Task duties_are_joined_with_the_password_and_every_page_says_so()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var browser = new PageClient(product.Address, PageClient.FreshAddress());
        Assert.Equal(HttpStatusCode.Redirect, (await browser.SignIn(await w.AdminEmail())).Status);
        Assert.Contains("Only you can approve here", (await browser.Get("/test/approvals")).Body);
        var asked = await browser.Submit(await browser.Get("/test/settings/workspace"), ("on", "false"));
        Assert.Contains("stepUp.password", asked.Body);
        var saved = await browser.Submit(asked, ("stepUp.password", Workspace.Password));
        Assert.Equal(HttpStatusCode.Redirect, saved.Status);
        Assert.Contains("Separation of duties is off", (await browser.Get("/test/home")).Body);
        Assert.DoesNotContain("Only you can approve here", (await browser.Get("/test/approvals")).Body);
    }

    [Fact]
    public async Task the_zone_and_format_of_the_workspace_are_read_unless_a_person_chose_their_own()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        (await w.Transfer(50_000)).Is(HttpStatusCode.Created);
        var settings = new { zone = "Asia/Jayapura", time = new { dateOrder = "ymd", hours = 12, weekStart = "monday" } };
        (await (await w.AdminSession()).Patch("/v1/workspace", settings)).Is(HttpStatusCode.OK);
        var browser = new PageClient(product.Address, PageClient.FreshAddress());
        await browser.SignIn(await w.AdminEmail());
        Assert.Matches(@">\d\d-\d\d, \d{1,2}:\d\d (AM|PM)<", (await browser.Get("/test/transfers")).Body);
        Assert.Contains("times in WIT", (await browser.Get("/test/transfers")).Body);
        var own = await browser.Submit(await browser.Get("/test/settings/profile"), ("dateOrder", "mdy"), ("clockHours", "24"));
        Assert.Equal(HttpStatusCode.Redirect, own.Status);
        Assert.Matches(@">[A-Z][a-z]{2} \d{1,2}, \d\d:\d\d<", (await browser.Get("/test/transfers")).Body);
    }

    [Fact]
    public async Task a_low_deposit_is_warned_of_once_until_it_was_filled_again()
    {
        var w = await (await product.Workspace()).WithDeposit(100_000);
        var to = $"low{Guid.CreateVersion7():N}@example.test";
        (await (await w.AdminSession()).Patch("/v1/workspace", new { lowDepositAlert = 90_000, notificationEmail = to }))
            .Is(HttpStatusCode.OK);
        (await w.Transfer(50_000)).Is(HttpStatusCode.Created);
        await Warned(to, 1);
        await w.WithDeposit(100_000);
        await Until(async () => (await w.Rows("low_deposit_warnings")) == 0);
        (await w.Transfer(100_000)).Is(HttpStatusCode.Created);
        await Warned(to, 2);
        Assert.Contains("90.000", (await product.MessagesTo(to))[0]);
    }

    [Fact]
    public async Task without_a_notification_address_the_owner_hears_of_a_low_deposit()
    {
        var w = await (await product.Workspace()).WithDeposit(100_000);
        var later = await w.Person(Role.Admin);
        (await (await w.AdminSession()).Patch("/v1/workspace", new { lowDepositAlert = 90_000 })).Is(HttpStatusCode.OK);
        (await w.Transfer(50_000)).Is(HttpStatusCode.Created);
        await Warned(await w.AdminEmail(), 1);
        Assert.Empty(await product.MessagesTo(later));
    }

    private Task Warned(string to, int times) => Until(async () =>
    {
        var sent = (await product.MessagesTo(to)).Count;
        Assert.True(sent <= times);
        return sent == times;
    });

    private static async Task Until(Func<Task<bool>> holds)
    {
        for (var i = 0; i < 200; i++)
        {
            if (await holds()) return;
            await Task.Delay(100);
        }
        Assert.Fail("does not hold after 20 s");
    }
}
