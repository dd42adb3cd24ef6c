using System.Text;
using Bursar.Core.Signing;
using Bursar.Sdk;

namespace Bursar.Tests.Sdk;

/// <summary>Signed by the product's own code, verified by the SDK's, which shares nothing with it.</summary>
public sealed class WebhookVerifierTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 20, 8, 40, 51, TimeSpan.Zero);
    private static readonly string Secret = WebhookSignature.NewSecret(), Next = WebhookSignature.NewSecret();
    private static readonly byte[] Body = Encoding.UTF8.GetBytes("""
        {"id":"evt_1","type":"test.ping","mode":"test","workspaceId":"ws_1","occurredAt":"2026-11-20T08:40:51Z","sequence":7,"text":"Ping","data":{"a":1}}
        """);

    [Fact]
    public void takes_what_bursar_signed_also_while_the_secret_is_being_replaced()
    {
        var sent = Headers(WebhookSignature.Sign([Secret, Next], "evt_1", Now.ToUnixTimeSeconds(), Body));
        foreach (var secrets in new[] { [Secret], [Next], new[] { Next, Secret } })
            Assert.Equal((7, "test.ping"), (Verifier(secrets).Verify(sent, Body).Sequence, Verifier(secrets).Verify(sent, Body).Type));
        var before = Headers(WebhookSignature.Sign(Secret, "evt_1", Now.ToUnixTimeSeconds(), Body));
        Verifier([Next, Secret]).Verify(before, Body);
    }

    /// <summary>The example of standardwebhooks.com's own libraries.</summary>
    [Fact]
    public void agrees_with_the_standards_own_vector()
    {
        var body = Encoding.UTF8.GetBytes("{\"test\": 2432232314}");
        var headers = Headers("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330);
        var verifier = new WebhookVerifier(["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
            time: new Still(DateTimeOffset.FromUnixTimeSeconds(1614265330)));
        // The signature holds; what it signs is no event of Bursar's.
        Assert.Equal("signed, but no event", Assert.Throws<WebhookRefusedException>(() => verifier.Verify(headers, body)).Message);
    }

    [Theory]
    [InlineData(-301, "too old")]
    [InlineData(301, "from the future")]
    public void refuses_what_is_not_from_now(int seconds, string why)
    {
        var at = Now.ToUnixTimeSeconds() + seconds;
        var sent = Headers(WebhookSignature.Sign(Secret, "evt_1", at, Body), at: at);
        Assert.StartsWith(why, Assert.Throws<WebhookRefusedException>(() => Verifier([Secret]).Verify(sent, Body)).Message);
    }

    [Fact]
    public void refuses_everything_that_was_touched()
    {
        var at = Now.ToUnixTimeSeconds();
        var good = WebhookSignature.Sign(Secret, "evt_1", at, Body);
        var touched = Body.ToArray();
        touched[^3] ^= 1;
        Refused(good, Body, id: "evt_2");
        Refused(good, Body, at: at + 1);
        Refused(good, touched);
        Refused(good, Body[..^1]);
        Refused(WebhookSignature.Sign(Next, "evt_1", at, Body), Body);
        Refused(good.Replace("v1,", "v2,", StringComparison.Ordinal), Body);
        Refused("", Body);
        Refused(string.Join(' ', Enumerable.Repeat(good, 21)), Body);
        Refused(WebhookSignature.Sign(Secret, "evt_1", at, Body), Body, id: "evt.1");
    }

    [Fact]
    public void looks_at_the_validation_token_where_one_is_expected()
    {
        var sent = Headers(WebhookSignature.Sign(Secret, "evt_1", Now.ToUnixTimeSeconds(), Body), token: "vt_right");
        new WebhookVerifier([Secret], "vt_right", new Still(Now)).Verify(sent, Body);
        Assert.Throws<WebhookRefusedException>(() => new WebhookVerifier([Secret], "vt_other", new Still(Now)).Verify(sent, Body));
        Assert.Throws<ArgumentException>(() => new WebhookVerifier([]));
        Assert.Throws<ArgumentException>(() => new WebhookVerifier(["whsec_short"]));
    }

    private static void Refused(string signature, byte[] body, string id = "evt_1", long? at = null) =>
        Assert.Throws<WebhookRefusedException>(() => Verifier([Secret]).Verify(Headers(signature, id, at), body));

    private static WebhookVerifier Verifier(string[] secrets) => new(secrets, time: new Still(Now));

    private static Func<string, string?> Headers(string signature, string id = "evt_1", long? at = null, string? token = null) =>
        name => name switch
    {
        "webhook-id" => id,
        "webhook-timestamp" => $"{at ?? Now.ToUnixTimeSeconds()}",
        "webhook-signature" => signature,
        "X-Callback-Token" => token,
        _ => null,
    };

    private sealed class Still(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
