using System.Net;
using System.Net.Sockets;

namespace Bursar.Platform.Outbound;

/// <summary>
/// Which addresses Bursar may call (QUALITY §3.2): public unicast only. Everything private, local, reserved, multicast, translated
/// or of a cloud's metadata service is refused, whatever spelling it came in; ranges that the operator opened are let through.
/// </summary>
public static class OutboundAddresses
{
    private static readonly IPNetwork[] Refused4 = [.. new[]
    {
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24",
        "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
    }.Select(IPNetwork.Parse)];

    private static readonly IPNetwork Global6 = IPNetwork.Parse("2000::/3");

    /// <summary>Inside 2000::/3 but not to be called: Teredo and other protocol assignments, documentation, 6to4.</summary>
    private static readonly IPNetwork[] Refused6 =
        [.. new[] { "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20" }.Select(IPNetwork.Parse)];

    public static bool MayCall(IPAddress address, IReadOnlyList<IPNetwork> allowed)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (allowed.Any(range => range.Contains(address))) return true;
        if (address.AddressFamily == AddressFamily.InterNetwork) return !Refused4.Any(range => range.Contains(address));
        return address.ScopeId == 0 && Global6.Contains(address) && !Refused6.Any(range => range.Contains(address));
    }
}
