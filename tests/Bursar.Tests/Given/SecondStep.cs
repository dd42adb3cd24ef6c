using System.Net;
using System.Text.RegularExpressions;
using Bursar.Core.Signing;
using Xunit;

namespace Bursar.Tests.Given;

/// <summary>A person's authenticator app.</summary>
public static class SecondStep
{
    /// <summary>
    /// As a person does it: begin, show the password, type the app's first code. Answers the app's secret and the recovery codes.
    /// </summary>
    public static async Task<(byte[] Secret, IReadOnlyList<string> Codes)> Enrol(
        PageClient client, string security = "/test/settings/security")
    {
        await client.Get(security);
        var asked = await client.Post(security + "/second-step");
        (await client.Submit(asked, ("stepUp.password", Workspace.Password))).Is(HttpStatusCode.Redirect);
        var page = (await client.Get(security + "/second-step")).Is(HttpStatusCode.OK);
        Assert.Contains("<svg class=\"qr\"", page.Body);
        var secret = FromBase32(Regex.Match(page.Body, "<span class=\"mono\">([A-Z2-7 ]+)</span>").Groups[1].Value);
        (await client.Submit(page, ("code", "12345"))).Is(HttpStatusCode.UnprocessableEntity);
        var made = (await client.Submit(page, ("code", Totp.Code(secret, Step)))).Is(HttpStatusCode.OK);
        var shown = Regex.Match(made.Body, "<code id=\"secret\">(.*?)</code>", RegexOptions.Singleline).Groups[1].Value;
        var codes = WebUtility.HtmlDecode(shown).Split('\n');
        Assert.Equal(10, codes.Length);
        return (secret, codes);
    }

    /// <summary>The step after the one that the set-up used up; within the tolerance of one step.</summary>
    public static string NextCode(byte[] secret) => Totp.Code(secret, Step + 1);

    private static long Step => DateTimeOffset.UtcNow.ToUnixTimeSeconds() / 30;

    private static byte[] FromBase32(string text)
    {
        const string alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        var letters = text.Where(c => c != ' ')
            .Select(c => Convert.ToString(alphabet.IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0'));
        return [.. string.Concat(letters).Chunk(8).Select(bits => Convert.ToByte(new string(bits), 2))];
    }
}
