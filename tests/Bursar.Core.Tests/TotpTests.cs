using System.Text;
using Bursar.Core.Signing;

namespace Bursar.Core.Tests;

public sealed class TotpTests
{
    // RFC 6238 appendix B, the SHA-1 column: 8 digits there, of which apps show the last 6.
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1111111109);

    [Theory]
    [InlineData(59, "94287082")]
    [InlineData(1111111109, "07081804")]
    [InlineData(1111111111, "14050471")]
    [InlineData(1234567890, "89005924")]
    [InlineData(2000000000, "69279037")]
    [InlineData(20000000000, "65353130")]
    public void makes_the_codes_of_the_standard(long seconds, string code) => Assert.Equal(code[2..], Totp.Code(Secret, seconds / 30));

    [Theory]
    [InlineData(0, true)]
    [InlineData(-30, true)]
    [InlineData(30, true)]
    [InlineData(-60, false)]
    [InlineData(60, false)]
    public void takes_a_code_one_step_early_or_late(int seconds, bool taken)
    {
        var code = Totp.Code(Secret, Now.AddSeconds(seconds).ToUnixTimeSeconds() / 30);
        Assert.Equal(taken, Totp.Match(Secret, code, Now, 0) is not null);
    }

    [Fact]
    public void takes_no_step_that_was_taken_and_none_before_it()
    {
        var step = Now.ToUnixTimeSeconds() / 30;
        Assert.Equal(step, Totp.Match(Secret, Totp.Code(Secret, step), Now, step - 1));
        Assert.Null(Totp.Match(Secret, Totp.Code(Secret, step), Now, step));
        Assert.Null(Totp.Match(Secret, Totp.Code(Secret, step - 1), Now, step));
    }

    [Theory]
    [InlineData("")]
    [InlineData("07081804")]
    [InlineData("081 804")]
    [InlineData("٠٨١٨٠٤")]
    public void takes_nothing_but_six_digits(string code) => Assert.Null(Totp.Match(Secret, code, Now, 0));

    [Fact]
    public void spells_the_secret_in_base32() // RFC 4648 §10 has no vector of 20 bytes; "foobar…" of 5 bytes each is made of its own.
    {
        Assert.Equal("MZXW6YTB", Totp.Text("fooba"u8));
        Assert.Equal("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", Totp.Text(Secret));
    }

    [Fact]
    public void names_account_and_issuer_in_the_key_uri() => Assert.Equal(
        "otpauth://totp/Bursar:sari%40kopi.test?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Bursar",
            Totp.KeyUri("Bursar", "sari@kopi.test", Secret));
}
