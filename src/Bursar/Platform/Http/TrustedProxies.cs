using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Bursar.Platform.Http;

/// <summary>
/// Whose X-Forwarded-For and X-Forwarded-Proto are believed: the proxies of BURSAR_TRUSTED_PROXIES, nobody else. Read from the right, hop
/// by hop, up to the first address that is no trusted proxy: that one is the caller.
/// </summary>
public sealed record TrustedProxies(IReadOnlyList<System.Net.IPNetwork> Ranges)
{
    private const int HopsMax = 10;
    public static readonly TrustedProxies None = new([]);

    public static TrustedProxies Read()
    {
        // The framework's own switch believes everybody: whoever can reach the port would choose the address that IP rules look at.
        if (string.Equals(Environment.GetEnvironmentVariable("ASPNETCORE_FORWARDEDHEADERS_ENABLED"), "true",
            StringComparison.OrdinalIgnoreCase))
            throw new InvalidOperationException(
                "ASPNETCORE_FORWARDEDHEADERS_ENABLED trusts everybody: "
                + "unset it and name your proxies in BURSAR_TRUSTED_PROXIES");
        return Parse(Environment.GetEnvironmentVariable("BURSAR_TRUSTED_PROXIES") ?? "");
    }

    public static TrustedProxies Parse(string text)
    {
        var ranges = new List<System.Net.IPNetwork>();
        foreach (var part in text.Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            var rule = Core.Access.IpRules.Parse(part);
            if (!rule.Ok)
                throw new InvalidOperationException($"BURSAR_TRUSTED_PROXIES: {part} is not an address or a range such as 10.1.0.0/16");
            ranges.Add(System.Net.IPNetwork.Parse(rule.Value));
        }
        return new TrustedProxies(ranges);
    }

    public void Use(IApplicationBuilder app)
    {
        if (Ranges.Count == 0) return;
        var options = new ForwardedHeadersOptions
        {
            ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto,
            ForwardLimit = HopsMax,
        };
        options.KnownProxies.Clear();
        options.KnownIPNetworks.Clear();
        foreach (var range in Ranges) options.KnownIPNetworks.Add(range);
        app.UseForwardedHeaders(options);
    }
}
