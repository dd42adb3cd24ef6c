namespace Bursar.Core.Documents;

/// <summary>
/// Helvetica or its bold: fonts that every PDF reader has, so that nothing is embedded. Text is WinAnsi (Windows 1252), which holds all
/// that Indonesian and English need, and western Europe. Any other sign becomes a question mark.
/// </summary>
public sealed class PdfFont
{
    public const byte Unknown = (byte)'?';
    private const int First = 32;

    /// <summary>Codes 128 to 159 of Windows 1252; zero where it has no sign.</summary>
    private static readonly char[] Upper =
    [
        '\u20AC', '\0', '\u201A', '\u0192', '\u201E', '\u2026', '\u2020', '\u2021', '\u02C6', '\u2030', '\u0160', '\u2039', '\u0152', '\0',
        '\u017D', '\0', '\0', '\u2018', '\u2019', '\u201C', '\u201D', '\u2022', '\u2013', '\u2014', '\u02DC', '\u2122', '\u0161', '\u203A',
        '\u0153', '\0', '\u017E', '\u0178',
    ];

    public static readonly PdfFont Regular = new("Helvetica",
    [
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278,
        556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556,
        1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778,
        667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556,
        333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556,
        556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584, 0,
        556, 0, 222, 556, 333, 1000, 556, 556, 333, 1000, 667, 333, 1000, 0, 611, 0,
        0, 222, 222, 333, 333, 350, 556, 1000, 333, 1000, 500, 333, 944, 0, 500, 667,
        278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333,
        400, 584, 333, 333, 333, 556, 537, 278, 333, 333, 365, 556, 834, 834, 834, 611,
        667, 667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
        722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
        556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278, 278,
        556, 556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500,
    ]);

    public static readonly PdfFont Bold = new("Helvetica-Bold",
    [
        278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278,
        556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611,
        975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778,
        667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556,
        333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611,
        611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584, 0,
        556, 0, 278, 556, 500, 1000, 556, 556, 333, 1000, 667, 333, 1000, 0, 611, 0,
        0, 278, 278, 500, 500, 350, 556, 1000, 333, 1000, 556, 333, 944, 0, 500, 667,
        278, 333, 556, 556, 556, 556, 280, 556, 333, 737, 370, 556, 584, 333, 737, 333,
        400, 584, 333, 333, 333, 611, 556, 278, 333, 333, 365, 556, 834, 834, 834, 611,
        722, 722, 722, 722, 722, 722, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278,
        722, 722, 778, 778, 778, 778, 778, 584, 778, 722, 722, 722, 722, 667, 667, 611,
        556, 556, 556, 556, 556, 556, 889, 556, 556, 556, 556, 556, 278, 278, 278, 278,
        611, 611, 611, 611, 611, 611, 611, 584, 611, 611, 611, 611, 611, 556, 611, 556,
    ]);

    private readonly short[] widths;

    private PdfFont(string name, short[] widths) => (Name, this.widths) = (name, widths);

    public string Name { get; }

    /// <summary>In thousandths of a point at a size in whole points: Adobe's font metrics are thousandths of the size.</summary>
    public int Width(string text, int size) => Encode(text).Sum(code => widths[code - First]) * size;

    /// <summary>The codes of a line; what cannot be shown is replaced, never left out.</summary>
    public static byte[] Encode(string text)
    {
        var codes = new List<byte>(text.Length);
        foreach (var rune in text.EnumerateRunes()) codes.Add(Code(rune));
        return [.. codes];
    }

    private static byte Code(System.Text.Rune rune)
    {
        if (rune.Value is (>= First and < 127) or (>= 160 and <= 255)) return (byte)rune.Value;
        // The minus of amounts is as wide as a digit, as is the dash.
        if (rune.Value == '\u2212') return 150;
        if (rune.Value > 255 && rune.IsBmp && Array.IndexOf(Upper, (char)rune.Value) is >= 0 and var at) return (byte)(128 + at);
        return Unknown;
    }
}
