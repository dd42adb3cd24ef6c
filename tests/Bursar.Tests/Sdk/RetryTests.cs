using System.Net;
using System.Text;
using Bursar.Sdk;

namespace Bursar.Tests.Sdk;

/// <summary>What the SDK sends again, and what it never does.</summary>
public sealed class RetryTests
{
    private const string Transfer = """
        {"id":"tr_1","kind":"money_transfer","state":"approved","amount":10000,"currency":"IDR","fee":0,
        "bankCode":"bca","destinationType":"bank","accountNumber":"1234",
        "makerName":"Shop","createdVia":"api","createdAt":"2026-11-20T08:40:51Z","brandNew":{"member":1}}
        """;

    [Fact]
    public async Task a_create_is_repeated_under_one_key_until_it_is_answered()
    {
        var wire = new Wire(
            Problem(503, "overloaded", "none", "after"), null, Problem(500, "internal_error", "unknown", "same_key"), Json(201, Transfer));
        using var bursar = Client(wire);
        Assert.Equal("tr_1", (await bursar.Transfers.Create(new NewTransfer(10_000, "bca", "1234"))).Id);
        Assert.Equal(4, wire.Keys.Count);
        Assert.Single(wire.Keys.Distinct());
        Assert.NotNull(wire.Keys[0]);
        Assert.Single(wire.Bodies.Distinct());
    }

    [Fact]
    public async Task it_gives_up_after_the_attempts_it_was_given_and_says_that_the_effect_may_exist()
    {
        var wire = new Wire(null, null, null, null, null);
        using var bursar = Client(wire);
        var lost = await Assert.ThrowsAsync<BursarException>(() => bursar.Transfers.Create(new NewTransfer(10_000, "bca", "1234"), "mine"));
        Assert.Equal(("connection_failed", EffectOutcome.Unknown, RetryAdvice.SameKey), (lost.Code, lost.Outcome, lost.Retry));
        Assert.Equal(["mine", "mine", "mine", "mine"], wire.Keys);
    }

    [Fact]
    public async Task a_call_without_a_key_is_not_repeated_when_nobody_knows_what_became_of_it()
    {
        var wire = new Wire(null, Json(200, Transfer));
        using var bursar = Client(wire);
        await Assert.ThrowsAsync<BursarException>(() => bursar.Transfers.Cancel("tr_1"));
        Assert.Single(wire.Keys);
        var busy = new Wire(Problem(503, "overloaded", "none", "after"), Json(200, Transfer));
        using var again = Client(busy);
        await again.Transfers.Cancel("tr_1");
        Assert.Equal(2, busy.Keys.Count);
    }

    [Fact]
    public async Task a_refusal_is_not_repeated()
    {
        var wire = new Wire(Problem(422, "insufficient_funds", "none", "new_request"), Json(201, Transfer));
        using var bursar = Client(wire);
        var refused = await Assert.ThrowsAsync<BursarException>(() => bursar.Transfers.Create(new NewTransfer(10_000, "bca", "1234")));
        Assert.Equal("insufficient_funds", refused.Code);
        Assert.Single(wire.Keys);
    }

    [Fact]
    public void needs_a_key() => Assert.Throws<ArgumentException>(() => new BursarClient(new BursarOptions { ApiKey = "" }));

    private static BursarClient Client(Wire wire) => new(new BursarOptions
    {
        ApiKey = "bk_test_x",
        Address = new Uri("http://bursar.test"),
        Handler = wire,
        Time = new Hasty(),
    });

    private static HttpResponseMessage Json(int status, string body, string type = "application/json") =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, type) };

    private static HttpResponseMessage Problem(int status, string code, string outcome, string retry) => Json(status,
        $$"""
        {"type":"x","title":"x","status":{{status}},"detail":"x","code":"{{code}}",
        "requestId":"req_1","outcome":"{{outcome}}","retry":"{{retry}}"}
        """,
        "application/problem+json");

    /// <summary>A clock on which no wait takes long.</summary>
    private sealed class Hasty : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(
                callback, state,
                dueTime == Timeout.InfiniteTimeSpan || dueTime >= TimeSpan.FromSeconds(30) ? dueTime : TimeSpan.FromMilliseconds(1),
                period);
    }

    /// <summary>Answers in turn; null is a connection that breaks.</summary>
    private sealed class Wire(params HttpResponseMessage?[] answers) : HttpMessageHandler
    {
        public List<string?> Keys { get; } = [];
        public List<string> Bodies { get; } = [];

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Keys.Add(request.Headers.TryGetValues("Idempotency-Key", out var values) ? values.Single() : null);
            Bodies.Add(request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken));
            return answers[Keys.Count - 1] ?? throw new HttpRequestException("the connection was reset");
        }
    }
}
