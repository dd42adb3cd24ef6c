using System.Net;
using System.Net.Sockets;
using Bursar.Core.Access;
using Bursar.Platform.Outbound;
using Xunit;

namespace Bursar.Tests.Webhooks;

/// <summary>QUALITY §3.2, line by line: refused when saved and, by the same rules, when sent.</summary>
public sealed class OutboundRulesTests
{
    private static readonly OutboundRules Production = new([], LoopbackInTest: false);

    public static TheoryData<string> Blocked =>
    [
        // IPv4 in its many spellings
        "https://127.0.0.1", "https://127.1", "https://127.0.1.1", "https://2130706433", "https://0x7f000001", "https://0x7f.1",
            "https://0177.0.0.1",
        "https://0", "https://0.0.0.0", "https://127.0.0.1.", "https://%31%32%37.0.0.1", "https://\uFF11\uFF12\uFF17.0.0.1",
            "https://1.2.3.0x4",
        // Ranges
        "https://10.0.0.1", "https://172.16.0.1", "https://172.31.255.255", "https://192.168.0.1", "https://100.64.0.1",
            "https://169.254.1.1",
        "https://192.0.0.1", "https://192.0.2.1", "https://198.18.0.1", "https://198.19.255.255", "https://198.51.100.1",
            "https://203.0.113.1",
        "https://224.0.0.1", "https://240.0.0.1", "https://255.255.255.255",
        // Clouds
        "https://169.254.169.254", "https://169.254.170.2", "https://[fd00:ec2::254]", "https://100.100.100.200",
            "https://192.0.0.192", "https://168.63.129.16",
        // IPv6
        "https://[::]", "https://[::1]", "https://[::ffff:127.0.0.1]", "https://[::ffff:a9fe:a9fe]", "https://[64:ff9b::7f00:1]",
            "https://[64:ff9b:1::1]",
        "https://[2002:7f00:1::]", "https://[2001::1]", "https://[2001:db8::1]", "https://[fe80::1]", "https://[fe80::1%25eth0]",
            "https://[fc00::1]",
        "https://[fdff::1]", "https://[ff02::1]", "https://[::7f00:1]",
        // Names
        "https://localhost", "https://LOCALHOST.", "https://a.localhost",
        // Tricks
        "https://user@8.8.8.8", "https://user:word@8.8.8.8", "https://8.8.8.8#@127.0.0.1", "https://8.8.8.8\\@127.0.0.1",
            "https://8.8.8.8/\t", "https://8.8.8.8\n",
        "https:/\\8.8.8.8", "https:8.8.8.8", "https:///8.8.8.8", "https://127\u30020\u30020\u30021", "https://8.8.8.8:0",
            "https://8.8.8.8:22", "https://8.8.8.8:25",
        "https://8.8.8.8:80", "https://8.8.8.8:5432", "http://8.8.8.8", "http://8.8.8.8:8080", "file:///etc/passwd",
            "ftp://8.8.8.8", "gopher://8.8.8.8",
        "dict://8.8.8.8", "data:text/plain,x", "ws://8.8.8.8", "wss://8.8.8.8", "", " ", "https://", "https://.", "8.8.8.8",
    ];

    [Theory]
    [MemberData(nameof(Blocked))]
    public async Task refuses_in_both_modes(string url)
    {
        foreach (var mode in new[] { Mode.Test, Mode.Live })
        {
            var checkedUrl = await Production.Check(url, mode, TestContext.Current.CancellationToken);
            Assert.False(checkedUrl.Ok, url);
            Assert.Equal("url_blocked", checkedUrl.Error.Code.Code);
        }
    }

    [Fact]
    public async Task refuses_a_long_url() =>
        Assert.False((await Production.Check("https://8.8.8.8/" + new string('a', 8000), Mode.Live,
            TestContext.Current.CancellationToken)).Ok);

    [Theory]
    [InlineData("https://8.8.8.8")]
    [InlineData("https://8.8.8.8:443/path?a=b")]
    [InlineData("https://8.8.8.8:8443")]
    [InlineData("https://[2606:4700:4700::1111]/x")]
    public async Task lets_public_https_through(string url) =>
        Assert.True((await Production.Check(url, Mode.Live, TestContext.Current.CancellationToken)).Ok);

    [Fact]
    public async Task loopback_is_open_in_test_mode_of_the_first_look_only()
    {
        var firstLook = new OutboundRules([], LoopbackInTest: true);
        Assert.True((await firstLook.Check("http://127.0.0.1:9009/hook", Mode.Test, TestContext.Current.CancellationToken)).Ok);
        Assert.False((await firstLook.Check("http://127.0.0.1:9009/hook", Mode.Live, TestContext.Current.CancellationToken)).Ok);
        Assert.False((await firstLook.Check("http://10.0.0.1:9009/hook", Mode.Test, TestContext.Current.CancellationToken)).Ok);
        Assert.False((await firstLook.Check("http://127.0.0.1:5432/", Mode.Test, TestContext.Current.CancellationToken)).Ok);
    }

    [Fact]
    public async Task an_opened_range_may_be_called_and_only_it()
    {
        var rules = new OutboundRules([IPNetwork.Parse("10.1.0.0/16")], LoopbackInTest: false);
        Assert.True((await rules.Check("http://10.1.2.3:8080", Mode.Live, TestContext.Current.CancellationToken)).Ok);
        Assert.True((await rules.Check("https://[::ffff:10.1.2.3]", Mode.Live, TestContext.Current.CancellationToken)).Ok);
        Assert.False((await rules.Check("http://10.2.2.3:8080", Mode.Live, TestContext.Current.CancellationToken)).Ok);
    }

    [Fact]
    public void refuses_itself()
    {
        var rules = new OutboundRules([], LoopbackInTest: true)
        {
            OwnPort = 8080,
            OwnHost = "pay.example.test",
            OwnAddresses = new HashSet<IPAddress> { IPAddress.Parse("8.8.4.4") },
        };
        Assert.NotNull(rules.Refuses(new Uri("http://127.0.0.1:8080/"), [IPAddress.Loopback], Mode.Test));
        Assert.NotNull(rules.Refuses(new Uri("https://PAY.example.test./"), [IPAddress.Parse("8.8.8.8")], Mode.Test));
        Assert.NotNull(rules.Refuses(new Uri("https://other.example.test/"), [IPAddress.Parse("8.8.4.4")], Mode.Test));
        Assert.Null(rules.Refuses(new Uri("http://127.0.0.1:9009/"), [IPAddress.Loopback], Mode.Test));
    }

    [Fact]
    public void one_private_answer_among_public_ones_refuses_all()
    {
        var uri = new Uri("https://mixed.example.test/");
        Assert.NotNull(Production.Refuses(uri, [IPAddress.Parse("8.8.8.8"), IPAddress.Parse("10.0.0.1")], Mode.Live));
        Assert.NotNull(Production.Refuses(uri, [], Mode.Live));
        Assert.NotNull(Production.Refuses(uri, [.. Enumerable.Repeat(IPAddress.Parse("8.8.8.8"), 512)], Mode.Live));
        Assert.Null(Production.Refuses(uri, [IPAddress.Parse("8.8.8.8")], Mode.Live));
    }

    [Fact]
    public async Task the_setting_opens_exactly_its_ranges()
    {
        Assert.Throws<InvalidOperationException>(() => OutboundRules.Parse("127.0.0.1/32, everywhere", firstLook: false));
        var rules = OutboundRules.Parse("127.0.0.2/32 10.1.0.0/16", firstLook: true);
        using var listener = new TcpListener(IPAddress.Any, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var client = new OutboundClient(rules, TimeProvider.System);
        foreach (var host in new[] { "127.0.0.1", "127.0.0.3", "localhost" })
        {
            Assert.False((await rules.Check($"http://{host}:{port}/", Mode.Test, TestContext.Current.CancellationToken)).Ok, host);
            var refused = await client.Post(Mode.Test, $"http://{host}:{port}/", [], new Dictionary<string, string>(),
                TestContext.Current.CancellationToken);
            Assert.Equal("This address is private or reserved.", refused.Error);
        }
        Assert.False(listener.Pending());
        var opened = client.Post(Mode.Live, $"http://127.0.0.2:{port}/", [], new Dictionary<string, string>(),
            TestContext.Current.CancellationToken);
        using var socket = await listener.AcceptSocketAsync(TestContext.Current.CancellationToken);
        await socket.SendAsync("HTTP/1.1 204 No Content\r\n\r\n"u8.ToArray());
        Assert.Equal(204, (await opened).Status);
    }

    /// <summary>An opened receiver sends us on to one that is not: the second hears nothing.</summary>
    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task no_redirect_leads_to_a_blocked_listener(int status)
    {
        using var hidden = new TcpListener(IPAddress.Loopback, 0);
        hidden.Start();
        using var open = new TcpListener(IPAddress.Parse("127.0.0.2"), 0);
        open.Start();
        using var client = new OutboundClient(OutboundRules.Parse("127.0.0.2/32", firstLook: false), TimeProvider.System);
        var call = client.Post(Mode.Live, $"http://127.0.0.2:{((IPEndPoint)open.LocalEndpoint).Port}/", [],
            new Dictionary<string, string>(),
            TestContext.Current.CancellationToken);
        using var socket = await open.AcceptSocketAsync(TestContext.Current.CancellationToken);
        var target = $"http://127.0.0.1:{((IPEndPoint)hidden.LocalEndpoint).Port}/";
        await socket.SendAsync(System.Text.Encoding.ASCII.GetBytes($"HTTP/1.1 {status} Moved\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"));
        var answer = await call;
        Assert.Equal(status, answer.Status);
        Assert.Equal(target, answer.Location);
        Assert.False(hidden.Pending());
    }

    /// <summary>Nothing was checked at save here: the socket itself must refuse.</summary>
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.1.")]
    [InlineData("127.1")]
    [InlineData("127.0.1.1")]
    [InlineData("127.9.9.9")]
    [InlineData("2130706433")]
    [InlineData("0x7f000001")]
    [InlineData("0x7f.1")]
    [InlineData("0177.0.0.1")]
    [InlineData("0")]
    [InlineData("0.0.0.0")]
    [InlineData("%31%32%37.0.0.1")]
    [InlineData("\uFF11\uFF12\uFF17.0.0.1")]
    [InlineData("127\u30020\u30020\u30021")]
    [InlineData("localhost")]
    [InlineData("LOCALHOST.")]
    [InlineData("a.localhost")]
    [InlineData("user@localhost")]
    [InlineData("[::]")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("[::ffff:7f00:1]")]
    [InlineData("[::7f00:1]")]
    public async Task no_connection_reaches_a_blocked_listener(string host)
    {
        using var listener = TcpListener.Create(0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        using var client = new OutboundClient(Production, TimeProvider.System);
        foreach (var scheme in new[] { "http", "https" })
        {
            var answer = await client.Post(Mode.Test, $"{scheme}://{host}:{port}/", [], new Dictionary<string, string>(),
                TestContext.Current.CancellationToken);
            Assert.Null(answer.Status);
            Assert.NotNull(answer.Error);
        }
        Assert.False(listener.Pending());
    }
}
