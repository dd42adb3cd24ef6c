using Bursar.Core.Policies;
using Bursar.Core.Text;

namespace Bursar.Core.Tests;

public sealed class TextTests
{
    [Theory]
    [InlineData("Warung Bu Siti", true)]
    [InlineData("カフェ é 😀", true)]
    [InlineData("", false)]
    [InlineData("   ", false)]
    [InlineData(null, false)]
    [InlineData("a\nb", false)]
    [InlineData("a\0b", false)]
    [InlineData("a\u200Bb", false)]
    [InlineData("a\u202Eb", false)]
    [InlineData("a\u2066b", false)]
    [InlineData("a\u00ADb", false)]
    [InlineData("\u3164", false)]
    [InlineData("a\u2028b", false)]
    public void a_name_shows_all_it_holds(string? text, bool ok) => Assert.Equal(ok, PlainText.Problem(text, 1, 80) is null);

    [Fact]
    public void an_unpaired_surrogate_is_no_text() => Assert.NotNull(PlainText.Problem("a\uD83Db", 1, 80));

    [Fact]
    public void length_counts_characters_and_not_their_halves()
    {
        Assert.Null(PlainText.Problem("😀😀😀", 3, 3));
        Assert.NotNull(PlainText.Problem("😀😀😀😀", 1, 3));
        Assert.Null(PlainText.Problem("", 0, 3));
    }

    [Theory]
    [InlineData(" Siti.Aminah+pay@Warung.co.id ", "siti.aminah+pay@warung.co.id")]
    [InlineData("a@b.c", "a@b.c")]
    [InlineData("o'brien@example.com", "o'brien@example.com")]
    [InlineData("a@b", null)]
    [InlineData("@b.c", null)]
    [InlineData("a@b..c", null)]
    [InlineData("a@-b.c", null)]
    [InlineData("a@b@c.d", null)]
    [InlineData(".a@b.c", null)]
    [InlineData("a,b@c.d", null)]
    [InlineData("\"<x>\"@c.d", null)]
    [InlineData("a@b.c\r\nBcc: x@y.z", null)]
    [InlineData("аdmin@example.com", null)]
    [InlineData(null, null)]
    public void an_address_is_sane_and_has_one_spelling(string? text, string? expected) => Assert.Equal(expected, PlainText.Email(text));

    [Fact]
    public void a_key_of_a_key_is_itself() =>
        Property.Holds<string>(text => !MerchantKey.TryOf(text, out var key) || MerchantKey.Of(key) == key);
}
