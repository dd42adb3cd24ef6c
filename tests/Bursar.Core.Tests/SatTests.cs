using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Bursar.Core.Access;
using Bursar.Core.Ids;
using Bursar.Core.Signing;

namespace Bursar.Core.Tests;

/// <summary>Tokens: the published vector, and everything that must not pass for one (QUALITY SA5).</summary>
public sealed class SatTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly Es256Key Key = Es256Key.New();
    private static readonly string Header = Jws.HeaderOf(SatClaims.Type, Key.Thumbprint);

    /// <summary>RFC 7515 appendix A.3.</summary>
    [Fact]
    public void verifies_the_published_vector_and_not_one_bit_beside_it()
    {
        const string signed = "eyJhbGciOiJFUzI1NiJ9"
            + ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        var signature = Base64Url.DecodeFromChars("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");
        using var key = Es256Key.OfPublic("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        var input = Encoding.ASCII.GetBytes(signed);
        Assert.True(key.Verify(input, signature));
        for (var bit = 0; bit < signature.Length * 8; bit++)
        {
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(key.Verify(input, signature));
            signature[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        input[5] ^= 1;
        Assert.False(key.Verify(input, signature));
    }

    /// <summary>RFC 7638 shows an RSA key; this one was computed from the vector's key above with Python's hashlib.</summary>
    [Fact]
    public void names_a_key_by_its_thumbprint()
    {
        using var key = Es256Key.OfPublic("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");
        Assert.Equal("oKIywvGUpTVTyxMQ3bwIIeQUudfr_CkLMjCE19ECD-U", key.Thumbprint);
        using var again = Es256Key.OfPrivate(Key.ExportPrivate());
        Assert.Equal(Key.Thumbprint, again.Thumbprint);
        Assert.NotEqual(Key.Thumbprint, key.Thumbprint);
    }

    [Fact]
    public void takes_a_key_of_this_curve_only()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Throws<CryptographicException>(() => Es256Key.OfPrivate(other.ExportPkcs8PrivateKey()));
        Assert.ThrowsAny<CryptographicException>(() => Es256Key.OfPublic(new string('A', 43), new string('A', 43)));
    }

    [Fact]
    public void reads_what_it_wrote()
    {
        var token = Jws.Sign(Key, Header, Claims().Write());
        Assert.Null(Jws.Read(token, SatClaims.Type, out var jws));
        Assert.True(Key.Verify(jws!.Input, jws.Signature));
        Assert.Equal(Key.Thumbprint, jws.Kid);
        Assert.Equivalent(Claims(), SatClaims.Read(jws.Payload), strict: true);
        var body = JsonNode.Parse(jws.Payload)!.AsObject();
        string[] members =
        [
            "iss", "sub", "aud", "jti", "iat", "nbf", "exp", "ver", "workspaceId", "mode", "spendRequestId", "amount", "currency",
                "merchant",
            "contentHash", "policyVersions",
        ];
        Assert.Equal(members, body.Select(m => m.Key));
        Assert.Equal("test", body["mode"]!.GetValue<string>());
    }

    public static TheoryData<string, string, SatFault> ForgedHeaders() => new()
    {
        { "none", """{"alg":"none","typ":"sat+jwt","kid":"k"}""", SatFault.WrongAlgorithm },
        { "HMAC with the public key", """{"alg":"HS256","typ":"sat+jwt","kid":"k"}""", SatFault.WrongAlgorithm },
        { "another curve", """{"alg":"ES384","typ":"sat+jwt","kid":"k"}""", SatFault.WrongAlgorithm },
        { "another spelling", """{"alg":"es256","typ":"sat+jwt","kid":"k"}""", SatFault.WrongAlgorithm },
        { "no algorithm", """{"typ":"sat+jwt","kid":"k"}""", SatFault.WrongAlgorithm },
        { "an algorithm twice", """{"alg":"ES256","alg":"none","typ":"sat+jwt","kid":"k"}""", SatFault.Malformed },
        { "crit", """{"alg":"ES256","typ":"sat+jwt","kid":"k","crit":["exp"],"exp":1}""", SatFault.ForbiddenHeader },
        { "b64", """{"alg":"ES256","typ":"sat+jwt","kid":"k","b64":false,"crit":["b64"]}""", SatFault.ForbiddenHeader },
        { "jku", """{"alg":"ES256","typ":"sat+jwt","kid":"k","jku":"https://evil.example/jwks"}""", SatFault.ForbiddenHeader },
        { "x5u", """{"alg":"ES256","typ":"sat+jwt","kid":"k","x5u":"https://evil.example/cert"}""", SatFault.ForbiddenHeader },
        { "jwk", """{"alg":"ES256","typ":"sat+jwt","kid":"k","jwk":{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}}""",
            SatFault.ForbiddenHeader },
        { "another type", """{"alg":"ES256","typ":"JWT","kid":"k"}""", SatFault.WrongType },
        { "no type", """{"alg":"ES256","kid":"k"}""", SatFault.WrongType },
        { "no key", """{"alg":"ES256","typ":"sat+jwt"}""", SatFault.Malformed },
        { "a key that is no text", """{"alg":"ES256","typ":"sat+jwt","kid":7}""", SatFault.Malformed },
        { "a very long key", $$"""{"alg":"ES256","typ":"sat+jwt","kid":"{{new string('k', 101)}}"}""", SatFault.Malformed },
        { "no object", """["ES256"]""", SatFault.Malformed },
        { "no JSON", "ES256", SatFault.Malformed },
        { "an unpaired surrogate", """{"alg":"ES256","typ":"sat+jwt","kid":"\ud800"}""", SatFault.Malformed },
        { "deep", $$"""{"alg":{{new string('[', 40)}}{{new string(']', 40)}}}""", SatFault.Malformed },
    };

    [Theory]
    [MemberData(nameof(ForgedHeaders))]
    public void refuses_a_header_that_asks_for_something_else(string what, string header, SatFault fault)
    {
        // Signed by the right key all the same: the header alone must be enough to refuse.
        var token = Jws.Sign(Key, Base64Url.EncodeToString(Encoding.UTF8.GetBytes(header)), Claims().Write());
        Assert.True(fault == Jws.Read(token, SatClaims.Type, out _), what);
    }

    [Fact]
    public void refuses_every_other_spelling_of_a_good_token()
    {
        var good = Jws.Sign(Key, Header, Claims().Write());
        var parts = good.Split('.');
        string[] bad =
        [
            "", ".", "..", "...", parts[0], $"{parts[0]}.{parts[1]}", $"{parts[0]}.{parts[1]}.", $"{good}.", $"{good}.{parts[2]}",
                $".{good}",
            $"{good}=", $"{good}==", $"{good} ", $" {good}", $"{good}\n", good.Replace(".", ". ", StringComparison.Ordinal),
                $"{good}A", good[..^2],
            $"{parts[0]}=.{parts[1]}.{parts[2]}", $"{parts[0]}.{parts[1]}.{new string('A', 43)}",
                $"{parts[0]}.{parts[1]}.{new string('+', 86)}",
            $"{parts[0]}.{parts[1]}.{parts[2][..^1]}{(parts[2][^1] == 'B' ? 'C' : 'B')}",
                $"{parts[0]}.{parts[1]}.{new string('A', 96)}", "\u0131", "Ａ.Ａ.Ａ",
        ];
        Assert.All(bad, text => Assert.Equal(SatFault.Malformed, Jws.Read(text, SatClaims.Type, out _)));
        Assert.Equal(SatFault.TooLong, Jws.Read(good + new string('A', 1_000_000), SatClaims.Type, out _));
        Assert.Null(Jws.Read(good, SatClaims.Type, out _));
    }

    [Fact]
    public void refuses_signatures_of_zeros_of_another_key_and_of_another_text()
    {
        using var other = Es256Key.New();
        var good = Jws.Sign(Key, Header, Claims().Write());
        var another = Jws.Sign(Key, Header, (Claims() with { Amount = 1 }).Write());
        string Graft(string signature) => $"{good[..good.LastIndexOf('.')]}.{signature}";
        string Of(string token) => token[(token.LastIndexOf('.') + 1)..];
        foreach (var token in new[]
        {
            Graft(Base64Url.EncodeToString(new byte[64])), Graft(Base64Url.EncodeToString([.. Enumerable.Repeat((byte)255, 64)])),
            Graft(Of(another)), Graft(Of(Jws.Sign(other, Header, Claims().Write()))),
        })
        {
            Assert.Null(Jws.Read(token, SatClaims.Type, out var jws));
            Assert.False(Key.Verify(jws!.Input, jws.Signature));
        }
        Assert.False(Key.Verify([1], []));
        Assert.False(Key.Verify([1], new byte[65]));
    }

    [Theory]
    [InlineData("ver", "2")]
    [InlineData("ver", "\"1\"")]
    [InlineData("exp", "1795262400")]
    [InlineData("exp", "1795263301")]
    [InlineData("exp", "1.5e9")]
    [InlineData("exp", "9223372036854775807")]
    [InlineData("nbf", "1795262401")]
    [InlineData("iat", "-1")]
    [InlineData("amount", "\"5\"")]
    [InlineData("amount", "5.0")]
    [InlineData("aud", "\"hdl_nothing\"")]
    [InlineData("aud", "[\"a\"]")]
    [InlineData("jti", "7")]
    [InlineData("mode", "1")]
    [InlineData("mode", "\"both\"")]
    [InlineData("merchant", "null")]
    [InlineData("policyVersions", "null")]
    public void refuses_claims_of_another_form(string claim, string value)
    {
        var text = JsonNode.Parse(Claims().Write())!.AsObject();
        text[claim] = JsonNode.Parse(value);
        Assert.Null(SatClaims.Read(Encoding.UTF8.GetBytes(text.ToJsonString())));
        text.Remove(claim);
        Assert.Null(SatClaims.Read(Encoding.UTF8.GetBytes(text.ToJsonString())));
    }

    [Fact]
    public void refuses_claims_said_twice_more_or_not_at_all()
    {
        var good = Encoding.UTF8.GetString(Claims().Write());
        Assert.NotNull(SatClaims.Read(Encoding.UTF8.GetBytes(good)));
        string[] bad = ["", "null", "[]", "{}", good[..^1], $"{good[..^1]},\"amount\":1}}", $"{good[..^1]},\"admin\":true}}",
            good + good, "\uFEFF" + good];
        Assert.All(bad, text => Assert.Null(SatClaims.Read(Encoding.UTF8.GetBytes(text))));
        Assert.Null(SatClaims.Read([0xC3, 0x28]));
    }

    [Theory]
    [InlineData(-61, SatFault.NotYetValid)]
    [InlineData(-60, null)]
    [InlineData(0, null)]
    [InlineData(180, null)]
    [InlineData(181, SatFault.Expired)]
    public void allows_clocks_a_minute_either_way(int seconds, SatFault? fault) =>
        Assert.Equal(fault, Claims().At(Now.AddSeconds(seconds)));

    /// <summary>SA1, SA4: never longer than the handle says, never past the authorization.</summary>
    [Fact]
    public void a_token_never_outlives_its_handles_word_nor_its_authorization() =>
        Property.Holds<(long Micros, byte Life, uint Left)>(given =>
        {
            var at = Now.AddTicks(given.Micros % TimeSpan.TicksPerDay);
            var until = at.AddTicks(given.Left % (2 * TimeSpan.TicksPerHour));
            var life = 10 + given.Life * 3;
            return SatTimes.Drawn(at, life, until) is not { } times
                ? until - at < TimeSpan.FromSeconds(1) || until <= at
                : times.Until - times.From <= life && times.End <= until && times.From <= at.ToUnixTimeSeconds() && times.Until > times.From
                    && (times.End > until.AddSeconds(-1) || times.Until - times.From == life);
        });

    private static SatClaims Claims() => new()
    {
        Iss = "bursar",
        Sub = "shopper \"1\"",
        Aud = new(new Guid("00000000-0000-7000-8000-000000000001")),
        Jti = new(new Guid("00000000-0000-7000-8000-000000000002")),
        Iat = Now.ToUnixTimeSeconds(),
        Nbf = Now.ToUnixTimeSeconds(),
        Exp = Now.ToUnixTimeSeconds() + 120,
        Ver = 1,
        WorkspaceId = new(new Guid("00000000-0000-7000-8000-000000000003")),
        Mode = Mode.Test,
        SpendRequestId = new(new Guid("00000000-0000-7000-8000-000000000002")),
        Amount = 150_000,
        Currency = "IDR",
        Merchant = "tokopedia.com",
        ContentHash = new string('0', 64),
        PolicyVersions = [new PolicyVersion(new(new Guid("00000000-0000-7000-8000-000000000004")), 3)],
    };
}
