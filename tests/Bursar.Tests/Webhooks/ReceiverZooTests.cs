using System.Text;
using Bursar.Core.Access;
using Bursar.Platform.Outbound;
using Xunit;
using static Bursar.Tests.Webhooks.ZooReceiver;

namespace Bursar.Tests.Webhooks;

/// <summary>Receivers that behave badly, on real sockets: each call ends in time, with little memory, and says what happened.</summary>
public sealed class ReceiverZooTests : IDisposable
{
    private readonly OutboundClient client = new(new OutboundRules([], LoopbackInTest: true), TimeProvider.System);

    [Fact]
    public async Task a_hanging_receiver_costs_the_time_that_was_given()
    {
        using var receiver = new ZooReceiver(Hang);
        var answer = await Send(receiver, total: TimeSpan.FromSeconds(1));
        Assert.Null(answer.Status);
        Assert.Equal("No answer within 1 seconds.", answer.Error);
        Assert.InRange(answer.Duration, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task a_success_counts_although_its_body_drips()
    {
        using var receiver = new ZooReceiver(Drip);
        var answer = await Send(receiver, total: TimeSpan.FromSeconds(5), wantsBody: false);
        Assert.Equal(200, answer.Status);
        Assert.Null(answer.Error);
        Assert.InRange(answer.Duration, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public async Task a_body_that_is_wanted_and_drips_is_cut_off()
    {
        using var receiver = new ZooReceiver(Drip);
        var answer = await Send(receiver, total: TimeSpan.FromSeconds(1));
        Assert.Equal(200, answer.Status);
        Assert.Equal("The answer broke off.", answer.Error);
    }

    [Fact]
    public async Task a_reset_is_an_answer_of_ours()
    {
        using var receiver = new ZooReceiver(Reset);
        var answer = await Send(receiver);
        Assert.Null(answer.Status);
        Assert.NotNull(answer.Error);
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task a_redirect_is_not_followed(int status)
    {
        using var target = new ZooReceiver(Text("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
        using var receiver = new ZooReceiver(Text($"HTTP/1.1 {status} Moved\r\nLocation: {target.Url}\r\nContent-Length: 0\r\n\r\n"));
        Assert.Equal(status, (await Send(receiver)).Status);
        Assert.Equal(0, target.Calls);
    }

    [Fact]
    public async Task of_an_endless_body_64_kB_are_read()
    {
        using var receiver = new ZooReceiver(Endless);
        var answer = await Send(receiver);
        Assert.Equal(500, answer.Status);
        Assert.Equal(64 * 1024, answer.Body.Length);
    }

    [Fact]
    public async Task packed_bodies_stay_packed()
    {
        using var receiver = new ZooReceiver(Text("HTTP/1.1 500 No\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nPACK"));
        Assert.Equal("PACK", Encoding.ASCII.GetString((await Send(receiver)).Body));
    }

    [Fact]
    public async Task large_headers_are_refused()
    {
        using var receiver = new ZooReceiver(Text($"HTTP/1.1 200 OK\r\nX-Big: {new string('a', 1_000_000)}\r\nContent-Length: 0\r\n\r\n"));
        var answer = await Send(receiver);
        Assert.Null(answer.Status);
        Assert.NotNull(answer.Error);
    }

    [Fact]
    public async Task gone_and_retry_after_are_told()
    {
        using var gone = new ZooReceiver(Text("HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"));
        Assert.Equal(410, (await Send(gone)).Status);
        using var seconds = new ZooReceiver(Text("HTTP/1.1 429 Slow\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"));
        Assert.Equal(TimeSpan.FromSeconds(120), (await Send(seconds)).RetryAfter);
        var moment = TimeProvider.System.GetUtcNow().AddMinutes(10).ToString("r");
        using var date = new ZooReceiver(Text($"HTTP/1.1 503 Slow\r\nRetry-After: {moment}\r\nContent-Length: 0\r\n\r\n"));
        Assert.InRange((await Send(date)).RetryAfter!.Value, TimeSpan.FromMinutes(9), TimeSpan.FromMinutes(10));
        using var past = new ZooReceiver(Text("HTTP/1.1 503 Slow\r\nRetry-After: Thu, 01 Jan 2015 00:00:00 GMT\r\nContent-Length: 0\r\n\r\n"));
        Assert.Equal(TimeSpan.Zero, (await Send(past)).RetryAfter);
    }

    [Fact]
    public async Task what_is_no_http_and_nobody_at_all_are_told_apart()
    {
        using var noise = new ZooReceiver(Text("hello\r\n\r\n"));
        Assert.Equal("The answer is not HTTP.", (await Send(noise)).Error);
        var closed = new ZooReceiver(Text(""));
        closed.Dispose();
        Assert.Equal("Nothing listens there: the connection was refused.", (await Send(closed)).Error);
    }

    private Task<OutboundAnswer> Send(ZooReceiver receiver, TimeSpan? total = null, bool wantsBody = true) => client.Send(
        new OutboundRequest(Mode.Test, HttpMethod.Post, receiver.Url, Encoding.UTF8.GetBytes("{}"), new Dictionary<string,
            string>(), total, wantsBody),
        TestContext.Current.CancellationToken);

    public void Dispose() => client.Dispose();
}
