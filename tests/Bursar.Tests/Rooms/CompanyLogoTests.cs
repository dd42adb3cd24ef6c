using System.Net;
using Bursar.Core.Access;
using Bursar.Tests.Given;
using Xunit;

namespace Bursar.Tests.Rooms;

public sealed class CompanyLogoTests(Product product)
{
    private const string Page = "/test/settings/workspace";
    private const string Path = Page + "/logo";
    private static readonly byte[] Png = [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 0, 1, 2, 3];
    private static readonly byte[] Jpeg = [0xFF, 0xD8, 0xFF, 0xE0, 0, 1, 2, 3];
    private static readonly byte[] WebP = [.. "RIFF"u8, 4, 0, 0, 0, .. "WEBPVP8 "u8];

    public static TheoryData<byte[], string> Pictures() => new() { { Png, "image/png" }, { Jpeg, "image/jpeg" }, { WebP, "image/webp" } };

    public static TheoryData<byte[]> Others() => new()
    {
        "<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>"u8.ToArray(), "<!doctype html><p>x"u8.ToArray(),
        "GIF89a......"u8.ToArray(), Png[..7], "RIFF....WAVEfmt "u8.ToArray(), new byte[] { 0 },
    };

    [Theory, MemberData(nameof(Pictures))]
    public async Task a_picture_is_kept_and_served_as_what_it_is_and_nothing_else(byte[] picture, string type)
    {
        var w = await product.Workspace();
        var client = await Admin(w);
        // What the browser says of it is not believed.
        Assert.Equal(Page, (await client.Upload(Path, "logo", picture, "text/html")).Is(HttpStatusCode.Redirect).Headers["Location"]);
        Assert.Contains($"src=\"{Path}\"", (await client.Get(Page)).Body);
        var served = (await client.Get(Path)).Is(HttpStatusCode.OK);
        Assert.Equal(type, served.Headers["Content-Type"]);
        Assert.Equal("nosniff", served.Headers["X-Content-Type-Options"]);
        Assert.Equal("default-src 'none'; sandbox", served.Headers["Content-Security-Policy"]);
        Assert.Equal(picture.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), served.Headers["Content-Length"]);

        var audit = (await (await w.AdminSession()).Get("/v1/audit")).Body;
        Assert.Contains("workspace.logo_changed", audit);
        (await client.Post(Path + "/removal")).Is(HttpStatusCode.Redirect);
        (await client.Get(Path)).Is(HttpStatusCode.NotFound);
    }

    [Theory, MemberData(nameof(Others))]
    public async Task what_is_no_picture_is_refused_and_the_one_before_stays(byte[] content)
    {
        var client = await Admin(await product.Workspace());
        (await client.Upload(Path, "logo", Png, "image/png")).Is(HttpStatusCode.Redirect);
        await client.Get(Page);
        var refused = (await client.Upload(Path, "logo", content, "image/png")).Is(HttpStatusCode.UnprocessableEntity);
        Assert.Contains("This is no PNG, JPEG or WebP picture", refused.Body);
        Assert.Equal("image/png", (await client.Get(Path)).Headers["Content-Type"]);
    }

    [Fact]
    public async Task one_byte_too_many_is_refused()
    {
        var client = await Admin(await product.Workspace());
        byte[] most = [.. Png, .. new byte[(256 * 1024) - Png.Length]];
        (await client.Upload(Path, "logo", most, "image/png")).Is(HttpStatusCode.Redirect);
        await client.Get(Page);
        var larger = await client.Upload(Path, "logo", [.. most, 0], "image/png");
        Assert.Contains("larger than 256 KiB", larger.Is(HttpStatusCode.UnprocessableEntity).Body);
        var none = await client.Upload(Path, "logo", [], "image/png");
        Assert.Contains("Choose a picture", none.Is(HttpStatusCode.UnprocessableEntity).Body);
    }

    [Fact]
    public async Task another_workspace_and_other_roles_do_not_see_it()
    {
        var w = await product.Workspace();
        (await (await Admin(w)).Upload(Path, "logo", Png, "image/png")).Is(HttpStatusCode.Redirect);
        (await (await Admin(await product.Workspace())).Get(Path)).Is(HttpStatusCode.NotFound);
        var maker = new PageClient(product.Address, PageClient.FreshAddress());
        await maker.SignIn(await w.Person(Role.Maker));
        (await maker.Get(Path)).Is(HttpStatusCode.Forbidden);
    }

    private async Task<PageClient> Admin(Workspace w)
    {
        var client = new PageClient(product.Address, PageClient.FreshAddress());
        await client.SignIn(await w.AdminEmail());
        (await client.Get(Page)).Is(HttpStatusCode.OK);
        return client;
    }
}
