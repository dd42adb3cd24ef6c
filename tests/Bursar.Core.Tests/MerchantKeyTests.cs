using Bursar.Core.Policies;
using FsCheck.Fluent;

namespace Bursar.Core.Tests;

/// <summary>CP9: how merchants are spelled must not matter to a block list, and must matter to an allow list.</summary>
public sealed class MerchantKeyTests
{
    [Theory]
    [InlineData("OpenAI.com", "openai.com")]
    [InlineData("  openai.com. ", "openai.com")]
    [InlineData("openai.com...", "openai.com")]
    [InlineData("ＯｐｅｎＡＩ．ｃｏｍ", "openai.com")]
    [InlineData("openai。com", "openai.com")]
    [InlineData("xn--mnchen-3ya.de", "münchen.de")]
    [InlineData("XN--MNCHEN-3YA.DE.", "münchen.de")]
    [InlineData("MÜNCHEN.de", "münchen.de")]
    [InlineData("xn--", "xn--")]
    [InlineData("Toko Kopi", "toko kopi")]
    public void one_merchant_has_one_key(string text, string key)
    {
        Assert.Equal(key, MerchantKey.Of(text));
        Assert.Equal(key, MerchantKey.Of(key));
    }

    [Theory]
    [InlineData("аpple.com")] // Cyrillic а
    [InlineData("xn--pple-43d.com")] // the same in punycode
    [InlineData("αpple.com")] // Greek alpha
    [InlineData("apρle.com")] // Greek rho
    [InlineData("ɑpple.com")] // Latin alpha
    [InlineData("appӏe.com")] // Cyrillic palochka
    [InlineData("applе.com")] // Cyrillic е
    public void a_look_alike_has_the_skeleton_but_not_the_key(string text)
    {
        var key = MerchantKey.Of(text);
        Assert.NotEqual("apple.com", key);
        Assert.Equal("apple.com", MerchantKey.Skeleton(key));
    }

    [Theory]
    [InlineData("")]
    [InlineData(" . ")]
    [InlineData("a\u200Bb")]
    [InlineData("\u202Emoc.elppa")]
    [InlineData("a\nb")]
    [InlineData(null)]
    public void what_cannot_be_seen_is_no_merchant(string? text) => Assert.False(MerchantKey.TryOf(text, out _));

    [Fact]
    public void a_key_is_a_fixed_point_whatever_was_typed()
    {
        var letters = Gen.Elements("aAzZ0.- \u0430\u03BF\uFF21\u3002éxn".ToCharArray());
        Property.Holds(letters.ListOf(), typed =>
        {
            if (!MerchantKey.TryOf(new string([.. typed]), out var key)) return;
            Assert.Equal(key, MerchantKey.Of(key));
            Assert.Equal(MerchantKey.Skeleton(key), MerchantKey.Skeleton(MerchantKey.Skeleton(key)));
        });
    }
}
