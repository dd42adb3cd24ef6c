using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Bursar.Core.Access;
using Bursar.Core.Results;

namespace Bursar.Platform.Outbound;

/// <summary>
/// What may be called: https on 443 or a port from 1024 (never PostgreSQL's), public addresses only. <paramref name="Allowed"/> are
/// the ranges of BURSAR_OUTBOUND_ALLOW, where http is fine too; <paramref name="LoopbackInTest"/> is the first look's convenience.
/// </summary>
public sealed record OutboundRules(IReadOnlyList<IPNetwork> Allowed, bool LoopbackInTest)
{
    private const int UrlMax = 2000;
    private const int AnswersMax = 64;
    private static readonly IPNetwork[] Loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <summary>Where this process itself answers; calling it would go round in a circle.</summary>
    public int? OwnPort { get; init; }
    public string? OwnHost { get; init; }

    /// <summary>The addresses of this machine: not to be called from outside in, even where they are public ones.</summary>
    public IReadOnlySet<IPAddress> OwnAddresses { get; init; } = new HashSet<IPAddress>();

    /// <summary>From the environment: a variable that is set, even to nothing, replaces the convenience.</summary>
    public static OutboundRules Read(bool firstLook) => Parse(Environment.GetEnvironmentVariable("BURSAR_OUTBOUND_ALLOW"), firstLook);

    /// <summary>As above of a given text; null is a variable that is not set.</summary>
    public static OutboundRules Parse(string? text, bool firstLook)
    {
        var ranges = new List<IPNetwork>();
        foreach (var part in (text ?? "").Split([',', ' '], StringSplitOptions.RemoveEmptyEntries))
        {
            if (!IPNetwork.TryParse(part, out var range))
                throw new InvalidOperationException($"BURSAR_OUTBOUND_ALLOW: {part} is not a range such as 10.1.0.0/16");
            ranges.Add(range);
        }
        return new OutboundRules(ranges, firstLook && text is null) { OwnAddresses = Machine() };
    }

    public IReadOnlyList<IPNetwork> For(Mode mode) => LoopbackInTest && mode == Mode.Test ? [.. Allowed, .. Loopback] : Allowed;

    /// <summary>Checks an address when it is saved; sending checks again, on the socket.</summary>
    public async Task<Result<Uri>> Check(string url, Mode mode, CancellationToken ct = default)
    {
        if (Parse(url) is not { } uri) return Blocked("Write a full https address without user name, on port 443 or from 1024.");
        try
        {
            return Refuses(uri, await Resolve(uri.IdnHost, ct), mode) is { } why ? Blocked(why) : uri;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return Blocked("This host name cannot be found.");
        }
    }

    /// <summary>Every address that a host stands for, whether it is a name or a literal.</summary>
    public static async Task<IPAddress[]> Resolve(string host, CancellationToken ct) =>
        IPAddress.TryParse(host.Trim('[', ']'), out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, ct);

    /// <summary>Why these addresses of this URL may not be called, or null. One bad answer among good ones refuses all.</summary>
    public string? Refuses(Uri uri, IReadOnlyList<IPAddress> addresses, Mode mode)
    {
        var allowed = For(mode);
        if (addresses.Count is 0 or > AnswersMax) return "This host name has no address, or far too many.";
        if (OwnHost is not null && string.Equals(uri.IdnHost.TrimEnd('.'), OwnHost, StringComparison.OrdinalIgnoreCase))
            return "This is Bursar's own address.";
        foreach (var address in addresses)
        {
            var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
            var opened = allowed.Any(range => range.Contains(plain));
            if (!OutboundAddresses.MayCall(plain, allowed)) return "This address is private or reserved.";
            if (uri.Port == OwnPort && (IPAddress.IsLoopback(plain) || OwnAddresses.Contains(plain)))
                return "This is Bursar's own address.";
            if (!opened && OwnAddresses.Contains(plain)) return "This address is private or reserved.";
            if (!opened && uri.Scheme != "https") return "Use https.";
        }
        return null;
    }

    /// <summary>The form of an address that may be called at all; what it resolves to is another question.</summary>
    public static Uri? Parse(string url)
    {
        if (url.Length > UrlMax || url.Any(c => c is <= ' ' or '\\' or >= (char)127)) return null;
        if (!url.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
            && !url.StartsWith("http://", StringComparison.OrdinalIgnoreCase)) return null;
        if (!Plain(Authority(url)) || !Uri.TryCreate(url, UriKind.Absolute, out var uri)) return null;
        if (uri.UserInfo.Length > 0 || uri.Host.Length == 0 || uri.Fragment.Length > 0 || url.Contains('#', StringComparison.Ordinal))
            return null;
        return uri.Port is 443 or (>= 1024 and not 5432) || (uri.Port == 80 && uri.Scheme == "http") ? uri : null;
    }

    /// <summary>
    /// Host and port as they were written: parsers disagree about escapes and odd numbers, so only what is read one way passes.
    /// </summary>
    private static string Authority(string url)
    {
        var start = url.IndexOf("://", StringComparison.Ordinal) + 3;
        var end = url.AsSpan(start).IndexOfAny('/', '?', '#');
        return end < 0 ? url[start..] : url.Substring(start, end);
    }

    private static bool Plain(string authority)
    {
        if (authority.StartsWith('[')) return authority.All(c => char.IsAsciiHexDigit(c) || c is '[' or ']' or ':' or '.');
        var host = authority.Split(':')[0];
        if (host.Length == 0 || !authority.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or ':')) return false;
        // The system's resolver takes 127.1, 0x7f.1 and 2130706433 for addresses: what ends in a number must be four plain ones.
        var last = host.TrimEnd('.').Split('.')[^1];
        var number = last.Length > 0 && (last.All(char.IsAsciiDigit)
            || (last.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && last[2..].All(char.IsAsciiHexDigit)));
        return !number
            || (IPAddress.TryParse(host, out var address)
                && address.AddressFamily == AddressFamily.InterNetwork && address.ToString() == host);
    }

    private static HashSet<IPAddress> Machine() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address),
    ];

    private static Error Blocked(string why) => new Error(Errors.UrlBlocked, why) { Fields = [new FieldError("/url", "url_blocked", why)] };
}
