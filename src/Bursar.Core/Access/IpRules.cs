using System.Net;
using System.Net.Sockets;
using Bursar.Core.Results;

namespace Bursar.Core.Access;

/// <summary>The addresses something may be used from: IPv4, IPv6, or ranges as CIDR (PRODUCT D3). No rule lets everyone in.</summary>
public sealed class IpRules
{
    public const int Most = 50;
    public static readonly IpRules None = new([]);

    private readonly IPNetwork[] ranges;

    private IpRules(IPNetwork[] ranges) => this.ranges = ranges;

    public bool Any => ranges.Length > 0;

    /// <summary>Rules as <see cref="Parse"/> wrote them.</summary>
    public static IpRules Of(IReadOnlyCollection<string> stored) => stored.Count == 0 ? None : new([.. stored.Select(IPNetwork.Parse)]);

    /// <summary>Whether the peer's address passes; where there is a rule, an address that is unknown does not.</summary>
    public bool Allow(string peer)
    {
        if (!Any) return true;
        if (!IPAddress.TryParse(peer, out var address)) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        foreach (var range in ranges)
            if (range.Contains(address)) return true;
        return false;
    }

    /// <summary>
    /// One rule in its one form: a range's base and length, also for a single address. Bits beyond the length are dropped, an IPv4 address
    /// inside IPv6 becomes IPv4. Refuses octal, hex and short spellings of IPv4, zones, and a length of 0, which would be no rule.
    /// </summary>
    public static Result<string> Parse(string text)
    {
        var parts = text.Trim().Split('/');
        if (parts.Length > 2 || !IPAddress.TryParse(parts[0], out var address) || !Plain(parts[0], address)) return Wrong();
        var bits = address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128;
        var length = bits;
        if (parts.Length == 2 && !(parts[1].Length <= 3 && parts[1].All(char.IsAsciiDigit) && int.TryParse(parts[1], out length)
            && length <= bits))
            return Wrong();
        if (address.IsIPv4MappedToIPv6)
        {
            if (length < 96) return Wrong();
            (address, length) = (address.MapToIPv4(), length - 96);
        }
        if (length == 0) return Errors.Field("/range", "everyone", "This lets everyone in. Remove the rules instead.");
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++) bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(bytes), length).ToString();
    }

    /// <summary>A list of rules for one thing, each once.</summary>
    public static Result<string[]> ParseAll(IReadOnlyList<string>? texts, string field)
    {
        if (texts is null) return Array.Empty<string>();
        if (texts.Count > Most) return Errors.Field(field, "too_many", $"Up to {Most} rules.");
        var rules = new List<string>();
        foreach (var text in texts)
        {
            var rule = Parse(text);
            if (!rule.Ok) return Errors.Field(field, rule.Error.Fields[0].Code, rule.Error.Fields[0].Detail);
            if (!rules.Contains(rule.Value)) rules.Add(rule.Value);
        }
        return rules.ToArray();
    }

    private static bool Plain(string text, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork
            ? address.ToString() == text : !text.Contains('%', StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal);

    private static Error Wrong() => Errors.Field("/range", "invalid", "An IPv4 or IPv6 address, or a range such as 203.0.113.0/24.");
}
