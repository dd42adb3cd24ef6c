using System.Net;
using Bursar.Core.Access;
using Bursar.Core.Results;

namespace Bursar.Platform.Outbound;

/// <summary>
/// What may be called: https on 443 or a port from 1024 (never PostgreSQL's), public addresses only. <paramref name="Allowed"/> are the ranges of
/// BURSAR_OUTBOUND_ALLOW, where http is fine too; <paramref name="LoopbackInTest"/> is the first look's convenience.
/// </summary>
public sealed record OutboundRules(IReadOnlyList<IPNetwork> Allowed, bool LoopbackInTest)
{
    private const int UrlMax = 2000;
    private static readonly IPNetwork[] Loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <summary>From the environment: a variable that is set, even to nothing, replaces the convenience.</summary>
    public static OutboundRules Read(bool firstLook)
    {
        var text = Environment.GetEnvironmentVariable("BURSAR_OUTBOUND_ALLOW");
        var ranges = (text ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries).Select(IPNetwork.Parse).ToList();
        return new OutboundRules(ranges, firstLook && text is null);
    }

    public IReadOnlyList<IPNetwork> For(Mode mode) => LoopbackInTest && mode == Mode.Test ? [.. Allowed, .. Loopback] : Allowed;

    /// <summary>Checks an address when it is saved; sending checks again, on the socket.</summary>
    public async Task<Result<Uri>> Check(string url, Mode mode, CancellationToken ct = default)
    {
        if (Parse(url) is not { } uri) return Blocked("Write a full https address without user name, on port 443 or from 1024.");
        var allowed = For(mode);
        IPAddress[] addresses;
        try
        {
            addresses = IPAddress.TryParse(uri.IdnHost.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(uri.IdnHost, ct);
        }
        catch (Exception e) when (e is System.Net.Sockets.SocketException or ArgumentException)
        {
            return Blocked("This host name cannot be found.");
        }
        if (addresses.Length is 0 or > 64 || !addresses.All(a => OutboundAddresses.MayCall(a, allowed))) return Blocked("This address is private or reserved.");
        if (uri.Scheme == "http" && !addresses.All(a => Opened(a, allowed))) return Blocked("Use https.");
        return uri;
    }

    /// <summary>The form of an address that may be called at all; what it resolves to is another question.</summary>
    public static Uri? Parse(string url)
    {
        if (url.Length > UrlMax || url.Any(c => c is <= ' ' or '\\' or >= (char)127 || char.IsControl(c))) return null;
        if (!url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) && !url.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) return null;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.UserInfo.Length > 0 || uri.Host.Length == 0 || uri.Fragment.Length > 0) return null;
        // The system's resolver takes 127.1, 0x7f000001 and the like for addresses: a host that begins as a number must be one, in full.
        if (char.IsAsciiDigit(uri.Host[0]) && uri.HostNameType == UriHostNameType.IPv4 && !url.Contains(uri.Host, StringComparison.Ordinal)) return null;
        return uri.Port is 80 or 443 or (>= 1024 and not 5432) && (uri.Port != 80 || uri.Scheme == "http") ? uri : null;
    }

    public static bool Opened(IPAddress address, IReadOnlyList<IPNetwork> allowed) =>
        allowed.Any(range => range.Contains(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address));

    private static Error Blocked(string why) => new Error(Errors.UrlBlocked, why) { Fields = [new FieldError("/url", "url_blocked", why)] };
}
