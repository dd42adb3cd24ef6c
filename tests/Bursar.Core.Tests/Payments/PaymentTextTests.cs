using Bursar.Core.Payments;

namespace Bursar.Core.Tests.Payments;

public sealed class PaymentTextTests
{
    [Theory]
    [InlineData("Ünal & Söhne", "Uenal + Soehne")]
    [InlineData("José Peña-Núñez", "Jose Pena-Nunez")]
    [InlineData("e\u0301", "e")]
    [InlineData("  two   blanks\u00A0", "two blanks")]
    [InlineData("“quoted” – dashed…", "'quoted' - dashed...")]
    [InlineData("Łódź Ðặng", null)]
    [InlineData("100%", null)]
    [InlineData("カフェ", null)]
    public void letters_lose_their_marks_and_other_scripts_are_refused(string text, string? expected)
    {
        Assert.Equal(expected is not null, PaymentText.TryRestrict(text, out var plain));
        Assert.Equal(expected, plain);
    }

    [Theory]
    [InlineData("DE89370400440532013000", true)]
    [InlineData("DE89 3704 0044 0532 0130 00", true)]
    [InlineData("NL91ABNA0417164300", true)]
    [InlineData("GB29NWBK60161331926819", true)]
    [InlineData("DE98370400440532013000", false)]
    [InlineData("DE8937040044", false)]
    [InlineData("1234567890", false)]
    [InlineData("", false)]
    public void an_iban_proves_itself(string account, bool valid) => Assert.Equal(valid, Iban.IsValid(account));
}
