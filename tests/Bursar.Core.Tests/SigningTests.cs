using System.Text;
using System.Text.Json;
using Bursar.Core.Access;
using Bursar.Core.Signing;

namespace Bursar.Core.Tests;

public sealed class SigningTests
{
    // The vector that the standard's reference libraries test with.
    private const string Secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", Id = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    private const string Signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    private const long Timestamp = 1614265330;
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""{"test": 2432232314}""");
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(Timestamp);

    [Fact]
    public void signs_as_the_standard_does() => Assert.Equal(Signature, WebhookSignature.Sign(Secret, Id, Timestamp, Body));

    [Theory]
    [InlineData(0, true)]
    [InlineData(300, true)]
    [InlineData(-300, true)]
    [InlineData(301, false)]
    [InlineData(-301, false)]
    public void takes_a_message_within_five_minutes_only(int seconds, bool ok) =>
        Assert.Equal(ok, WebhookSignature.Verify(Secret, Id, Timestamp, Body, Signature, Now.AddSeconds(seconds)));

    [Fact]
    public void refuses_what_was_changed_on_the_way()
    {
        bool Verify(string id, long timestamp, string body, string header) =>
            WebhookSignature.Verify(Secret, id, timestamp, Encoding.UTF8.GetBytes(body), header, Now);
        var body = Encoding.UTF8.GetString(Body);

        Assert.True(Verify(Id, Timestamp, body, Signature));
        Assert.False(Verify(Id, Timestamp, body + " ", Signature));
        Assert.False(Verify(Id + "x", Timestamp, body, Signature));
        Assert.False(Verify(Id, Timestamp + 1, body, Signature));
        Assert.False(Verify(Id, Timestamp, body, Signature.Replace("g0", "g1", StringComparison.Ordinal)));
        Assert.False(Verify(Id, Timestamp, body, Signature[3..]));
        Assert.False(Verify(Id, Timestamp, body, "v2" + Signature[2..]));
        Assert.False(Verify(Id, Timestamp, body, ""));
        Assert.False(Verify(Id, long.MinValue, body, Signature));
    }

    [Fact]
    public void a_dot_in_the_id_cannot_move_the_border_to_the_timestamp() =>
        Assert.False(WebhookSignature.Verify(Secret, $"{Id}.{Timestamp}", Timestamp, Body, Signature, Now));

    [Fact]
    public void either_secret_is_good_while_one_replaces_the_other()
    {
        var next = WebhookSignature.NewSecret();
        var header = WebhookSignature.Sign([Secret, next], Id, Timestamp, Body);
        Assert.Equal(2, header.Split(' ').Length);
        Assert.All([Secret, next], s => Assert.True(WebhookSignature.Verify(s, Id, Timestamp, Body, header, Now)));
        Assert.False(WebhookSignature.Verify(WebhookSignature.NewSecret(), Id, Timestamp, Body, header, Now));
        Assert.True(WebhookSignature.Verify([next, Secret], Id, Timestamp, Body, Signature, Now, WebhookSignature.Tolerance));
        Assert.False(WebhookSignature.Verify(Secret, Id, Timestamp, Body, string.Join(' ', Enumerable.Repeat(Signature, 21)), Now));
    }

    [Theory]
    [InlineData(23, false)]
    [InlineData(24, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void a_secret_has_from_24_to_64_bytes(int bytes, bool ok) =>
        Assert.Equal(ok, WebhookSignature.IsSecret("whsec_" + Convert.ToBase64String(new byte[bytes])));

    [Theory]
    [InlineData("whsec_not base64!")]
    [InlineData("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    [InlineData(null)]
    public void anything_else_is_no_secret(string? text) => Assert.False(WebhookSignature.IsSecret(text));

    [Fact]
    public void a_secret_is_not_written_down_by_accident()
    {
        var secret = new Secret("hunter2");
        Assert.Equal("*** *** {}", $"{secret} {new { secret }.secret} {JsonSerializer.Serialize(secret)}");
    }

    [Theory]
    [InlineData(Mode.Test, "bk_test_")]
    [InlineData(Mode.Live, "bk_live_")]
    public void a_key_tells_its_mode_and_never_repeats(Mode mode, string prefix)
    {
        var (a, b) = (ApiKeySecret.New(mode), ApiKeySecret.New(mode));
        Assert.NotEqual(a, b);
        Assert.StartsWith(prefix, a, StringComparison.Ordinal);
        Assert.Equal(mode, ApiKeySecret.ModeOf(a));
        Assert.Equal(32, ApiKeySecret.Hash(a).Length);
        Assert.Equal((a[..12], a[^4..]), ApiKeySecret.Hint(a));
    }

    [Fact]
    public void a_mistyped_key_is_refused_before_any_lookup()
    {
        // A fixed key, since the checksum lets one typo in 65,536 through.
        const string key = "bk_test_00000000000000000000000000000000000000000000000000000";
        Assert.Null(ApiKeySecret.ModeOf(key));
        var good = ApiKeySecret.New(Mode.Test);
        Assert.Null(ApiKeySecret.ModeOf(good[..^1]));
        Assert.Null(ApiKeySecret.ModeOf(good + "0"));
        Assert.Null(ApiKeySecret.ModeOf(""));
        Assert.True(Enumerable.Range(0, good.Length).Count(i => ApiKeySecret.ModeOf(good[..i] + "!" + good[(i + 1)..]) is not null) <= 1);
        Assert.Null(ApiKeySecret.ModeOf(good.ToUpperInvariant()));
    }

    [Fact]
    public void a_content_hash_is_frozen_and_no_two_contents_share_one()
    {
        string[] hashes =
        [
            ContentHash.Of(), ContentHash.Of(("a", "b")), ContentHash.Of(("a", "")), ContentHash.Of(("a", null)),
            ContentHash.Of(("ab", "")), ContentHash.Of(("", "ab")), ContentHash.Of(("a", "b"), ("c", "d")),
            ContentHash.Of(("c", "d"), ("a", "b")), ContentHash.Of(("a", "bcd")),
        ];
        Assert.Distinct(hashes);
        Assert.Equal("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", hashes[0]);
        // printf '\0\0\0\1a\0\0\0\1b' | sha256sum
        Assert.Equal("16275ef0f5d0eb9dd9e0a53277549fda5c886358a6872df23c797b13e11455bc", hashes[1]);
        Assert.Throws<EncoderFallbackException>(() => ContentHash.Of(("a", "\uD800")));
    }
}
