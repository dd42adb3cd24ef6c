using System.Buffers.Text;
using System.Text;

namespace Bursar.Platform.Data;

/// <summary>
/// Where a page of a newest-first list ends: the last row's time and id, opaque to clients. One that makes no sense is no cursor.
/// </summary>
public sealed record Cursor(DateTimeOffset At, Guid Id)
{
    public override string ToString() =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes(FormattableString.Invariant($"{At.UtcTicks:x}.{Id:N}")));

    public static Cursor? Parse(string? text)
    {
        if (text is null || text.Length > 100 || !Base64Url.IsValid(text)) return null;
        var parts = Encoding.ASCII.GetString(Base64Url.DecodeFromChars(text)).Split('.');
        return parts.Length == 2 && long.TryParse(parts[0], System.Globalization.NumberStyles.HexNumber, null, out var ticks)
            && ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks && Guid.TryParseExact(parts[1], "N", out var id)
            ? new Cursor(new DateTimeOffset(ticks, TimeSpan.Zero), id) : null;
    }
}
