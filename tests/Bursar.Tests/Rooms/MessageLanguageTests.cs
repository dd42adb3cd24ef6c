using System.Net;
using Bursar.Core.Access;
using Bursar.Platform.Access;
using Bursar.Tests.Given;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Bursar.Tests.Rooms;

/// <summary>A message is in the language of whoever reads it, whoever causes it.</summary>
public sealed class MessageLanguageTests(Product product)
{
    [Fact]
    public async Task a_stranger_is_invited_in_the_workspaces_language_and_a_person_in_their_own()
    {
        var w = await product.Workspace();
        var admin = await w.AdminSession();
        (await admin.Patch("/v1/workspace", new { language = "id" })).Is(HttpStatusCode.OK);
        var stranger = Email();
        (await admin.Post("/v1/members", new { email = stranger, role = "customer_service" })).Is(HttpStatusCode.Created);
        var mail = Assert.Single(await product.MessagesTo(stranger));
        Assert.Contains("mengundang Anda bergabung dengan", mail);
        Assert.Contains("sebagai Layanan Pelanggan", mail);

        // What people named stays as they named it, also where it is a word that Bursar says too.
        (await admin.Patch("/v1/workspace", new { name = "Settings" })).Is(HttpStatusCode.OK);
        var other = Email();
        (await admin.Post("/v1/members", new { email = other, role = "maker" })).Is(HttpStatusCode.Created);
        Assert.Contains("bergabung dengan Settings di Bursar", Assert.Single(await product.MessagesTo(other)));

        var reader = await (await product.Workspace()).Person(Role.Maker);
        await product.Execute("update bursar.persons set language = 'en' where person_id = $1", await product.PersonOf(reader));
        (await admin.Post("/v1/members", new { email = reader, role = "maker" })).Is(HttpStatusCode.Created);
        Assert.Contains("invites you to join", (await product.MessagesTo(reader))[0]);
    }

    [Fact]
    public async Task a_code_a_link_and_the_news_of_ones_own_account_are_in_the_persons_language()
    {
        var email = await (await product.Workspace()).Person(Role.Admin);
        await product.Execute("update bursar.persons set language = 'id' where person_id = $1", await product.PersonOf(email));
        var client = new PageClient(product.Address, PageClient.FreshAddress());
        await client.SignIn(email);
        await client.Get("/test/settings/profile");
        var asked = await client.Post("/test/settings/profile/phone",
            ("phone", "+628123456" + Random.Shared.Next(1000, 9999)), ("channel", "sms"));
        Assert.Contains("Konfirmasi dengan kata sandi Anda untuk mengubah nomor telepon Anda.", WebUtility.HtmlDecode(asked.Body));
        await SecondStep.Enrol(client);
        Assert.Contains("Langkah kedua", (await product.MessagesTo(email))[0]);

        var stranger = new PageClient(product.Address, PageClient.FreshAddress());
        await stranger.Submit(await stranger.Get("/forgotten-password"), ("email", email));
        await product.Services.GetRequiredService<PasswordLinks>().SendWaiting();
        for (var tries = 0; tries < 100
            && !(await product.MessagesTo(email))[0].Contains("/new-password/", StringComparison.Ordinal); tries++)
            await Task.Delay(50);
        Assert.Contains("Seseorang meminta kata sandi baru", (await product.MessagesTo(email))[0]);
    }

    [Theory, InlineData("id", "adalah kode Bursar Anda untuk mengirim Rp 12.500 ke")]
    [InlineData("en", "is your Bursar code to send Rp 12.500 to")]
    public async Task the_code_for_money_names_the_money_in_the_readers_language(string language, string said)
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var email = Email();
        var person = await product.PersonOf(await w.Person(Role.Maker));
        await product.Execute($"update bursar.persons set language = '{language}', email = '{email}' where person_id = $1", person);
        var codes = product.Services.GetRequiredService<OneTimeCodes>();
        var money = "Rp\u00A012.500";
        var purpose = new CodePurpose(person, Guid.NewGuid(), "step_up", $"send {money} to {"BCA"} {"5270990001"}");
        Assert.True((await codes.Send(purpose, CodeChannel.Email, email)).Ok);
        Assert.Contains(said, (await product.MessagesTo(email))[0]);
    }

    [Fact]
    public async Task a_refused_applicant_reads_the_refusal_in_the_language_they_applied_in()
    {
        await product.Execute(
            "update bursar.applications set created_at = created_at - interval '2 hours' where $1::uuid is not null", Guid.Empty);
        var email = Email();
        (await new Client(product.Address, null).Post("/v1/applications",
            new { business = "PT Teh", name = "Rina", email, language = "id" })).Is(HttpStatusCode.Accepted);
        (await new Client(product.Address, null).Post("/v1/applications",
            new { business = "PT Teh", name = "Rina", email = Email(), language = "fr" })).Refuses("validation_failed");
        var desk = new PageClient(product.Address, PageClient.FreshAddress());
        var operatorMail = Email();
        Assert.True((await product.Services.GetRequiredService<OperatorSessions>().Make(operatorMail, "Op", Workspace.Password)).Ok);
        await desk.SignIn(operatorMail);
        var page = (await desk.Get("/operator/applications")).Body;
        var id = System.Text.RegularExpressions.Regex.Matches(page, "id=\"a-(\\w+)\"").Select(m => m.Groups[1].Value)
            .Single(x => page[page.IndexOf("id=\"a-" + x, StringComparison.Ordinal)..].Split("</section>")[0]
                .Contains(email, StringComparison.Ordinal));
        (await desk.Post($"/operator/applications/{id}/refusal")).Is(HttpStatusCode.Redirect);
        Assert.Contains("Saat ini kami belum dapat membuka ruang kerja untuk PT Teh", Assert.Single(await product.MessagesTo(email)));
    }

    private static string Email() => $"l{Guid.CreateVersion7():N}@example.test";
}
