using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Bursar.Core.Text;

/// <summary>
/// A sentence with its values kept apart: <c>$"At least {n} rupiah."</c> is "At least {0} rupiah." and n, so that the sentence can be said
/// in another language. Write it as any interpolated string; what was put together before it got here is one sentence without values.
/// </summary>
[InterpolatedStringHandler]
public sealed class Phrase
{
    private readonly StringBuilder? pattern;
    private readonly List<object> values = [];
    private readonly string? whole;

    public Phrase(int literalLength, int formattedCount) => pattern = new StringBuilder(literalLength + 3 * formattedCount);

    private Phrase(string text) => whole = text;

    public static implicit operator Phrase(string? text) => new(text ?? "");

    /// <summary>The sentence in English with {0}, {1} … where its values go: what a translation is filed under.</summary>
    public string Pattern => whole ?? pattern!.ToString();

    public void AppendLiteral(string text) =>
        pattern!.Append(text.Replace("{", "{{", StringComparison.Ordinal).Replace("}", "}}", StringComparison.Ordinal));

    public void AppendFormatted<T>(T value) => AppendFormatted(value, null);

    public void AppendFormatted<T>(T value, string? format)
    {
        pattern!.Append(CultureInfo.InvariantCulture, $"{{{values.Count}}}");
        // As object: a text would become a phrase here, and a name that happens to be a sentence would be translated.
        values.Add(value is Phrase part ? (object)part
            : value is IFormattable known ? known.ToString(format, CultureInfo.InvariantCulture) : value?.ToString() ?? "");
    }

    /// <summary>The values in a pattern of any language; a value that is a phrase itself is said by <paramref name="say"/>.</summary>
    public string In(string translated, Func<Phrase, string> say) => whole is not null ? translated
        : string.Format(CultureInfo.InvariantCulture, translated, [.. values.Select(v => v is Phrase part ? say(part) : v)]);

    public override string ToString() => In(Pattern, part => part.ToString());
}
