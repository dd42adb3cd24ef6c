using System.Net;
using Bursar.Core.Access;
using Bursar.Platform.Access;
using Bursar.Platform.Http;
using Bursar.Tests.Given;
using Microsoft.Extensions.DependencyInjection;

namespace Bursar.Tests.Rooms;

/// <summary>The address that IP rules look at comes from the connection, or from a proxy that was named: from nobody else.</summary>
public sealed class TrustedProxyTests(Product product)
{
    private async Task<string> KeyFrom(string rule)
    {
        var w = await product.Workspace();
        return (await product.Services.GetRequiredService<ApiKeys>().Create(w.Admin,
            new NewApiKey("Behind a proxy", KeyScope.Full, IpRules: [rule]))).Value.Key!;
    }

    private static async Task<HttpStatusCode> Call(Uri address, string key, params (string Name, string Value)[] headers)
    {
        using var http = new HttpClient { BaseAddress = address };
        using var request = new HttpRequestMessage(HttpMethod.Get, "/v1/balances");
        request.Headers.Authorization = new("Bearer", key);
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return (await http.SendAsync(request)).StatusCode;
    }

    [Fact]
    public async Task forwarded_headers_of_strangers_are_not_believed()
    {
        var key = await KeyFrom("203.0.113.7");
        foreach (var header in new[] { "X-Forwarded-For", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP" })
            Assert.Equal(HttpStatusCode.Forbidden, await Call(product.Address, key, (header, "203.0.113.7")));
        Assert.Equal(HttpStatusCode.Forbidden, await Call(product.Address, key, ("Forwarded", "for=203.0.113.7")));
    }

    [Fact]
    public async Task a_trusted_proxy_is_believed_up_to_the_first_hop_that_is_none()
    {
        var (app, address) = await product.Serve(proxies: TrustedProxies.Parse("127.0.0.1, 10.0.0.0/8"));
        await using var _ = app;
        var key = await KeyFrom("203.0.113.7");
        Assert.Equal(HttpStatusCode.OK, await Call(address, key, ("X-Forwarded-For", "203.0.113.7")));
        Assert.Equal(HttpStatusCode.OK, await Call(address, key, ("X-Forwarded-For", "198.51.100.1, 203.0.113.7, 10.1.2.3")));
        Assert.Equal(HttpStatusCode.OK, await Call(address, key, ("X-Forwarded-For", "::ffff:203.0.113.7")));
        // Whatever stands left of the right-most stranger was written by that stranger.
        Assert.Equal(HttpStatusCode.Forbidden, await Call(address, key, ("X-Forwarded-For", "203.0.113.7, 198.51.100.1")));
        Assert.Equal(HttpStatusCode.Forbidden, await Call(address, key, ("X-Forwarded-For", "203.0.113.7, 198.51.100.1, 10.1.2.3")));
        Assert.Equal(HttpStatusCode.Forbidden, await Call(address, key, ("X-Real-IP", "203.0.113.7")));
        Assert.Equal(HttpStatusCode.Forbidden, await Call(address, key));
    }

    [Theory]
    [InlineData("everybody")]
    [InlineData("0.0.0.0/0")]
    [InlineData("10.0.0.0/8, proxy.internal")]
    public void a_setting_that_trusts_all_or_cannot_be_read_stops_the_start(string text) =>
        Assert.Throws<InvalidOperationException>(() => TrustedProxies.Parse(text));
}
