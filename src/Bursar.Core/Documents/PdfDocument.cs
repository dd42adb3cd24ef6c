using System.Globalization;
using System.Text;

namespace Bursar.Core.Documents;

/// <summary>A column of a table; <paramref name="Share"/> of the width in hundredths, figures to the right.</summary>
public sealed record PdfColumn(string Title, int Share, bool Right = false);

/// <summary>
/// An A4 document written from top to bottom: a letterhead, headings, paragraphs, facts, tables. A page that is full ends, and the next
/// goes on; a table says its heading again. All lengths inside are whole thousandths of a point.
/// </summary>
public sealed class PdfDocument(string title, string language, DateTimeOffset madeAt)
{
    private const int Point = 1000;
    private const int Wide = 595, High = 842;
    private const int Margin = 56 * Point, Left = Margin, Right = Wide * Point - Margin, Bottom = 64 * Point;
    private const int FactLabels = 150 * Point;
    private const int Gap = 8 * Point;
    private const int Body = 10, Small = 8;

    private readonly List<StringBuilder> pages = [];
    private PdfImage? image;
    private int top;

    private StringBuilder Page => pages[^1];

    /// <summary>The sender's picture, if it can be shown, and below it who they are; the first line stands out.</summary>
    public PdfDocument Letterhead(PdfImage? logo, IEnumerable<string> lines)
    {
        if (logo is not null)
        {
            image = logo;
            // As high as 40 points or as wide as 180, whichever is met first.
            const int Tall = 40 * Point, Broad = 180 * Point;
            var wide = Math.Min(Broad, (int)((long)logo.Width * Tall / logo.Height));
            var tall = (int)((long)logo.Height * wide / logo.Width);
            Need(tall);
            Draw($"q {Number(wide)} 0 0 {Number(tall)} {Number(Left)} {Number(top - tall)} cm /Im Do Q");
            top -= tall + Gap;
        }
        var first = true;
        foreach (var line in lines.Where(l => l.Length > 0))
        {
            Lines(line, first ? PdfFont.Bold : PdfFont.Regular, first ? 12 : Body, Left, Right - Left);
            first = false;
        }
        return Space();
    }

    public PdfDocument Heading(string text)
    {
        Space();
        Lines(text, PdfFont.Bold, 16, Left, Right - Left);
        return Space();
    }

    public PdfDocument Part(string text)
    {
        Space();
        // A heading stays with the first lines of what it heads.
        Need(72 * Point);
        Lines(text, PdfFont.Bold, 11, Left, Right - Left);
        top -= 4 * Point;
        return this;
    }

    public PdfDocument Text(string text)
    {
        foreach (var line in text.Split('\n')) Lines(line, PdfFont.Regular, Body, Left, Right - Left);
        return this;
    }

    public PdfDocument Space()
    {
        if (pages.Count > 0) top -= Gap;
        return this;
    }

    /// <summary>A label and what it says, a line each under a hair line.</summary>
    public PdfDocument Facts(IEnumerable<(string Label, string? Value)> facts)
    {
        foreach (var (label, value) in facts)
        {
            if (value is null) continue;
            var said = value.Split('\n').SelectMany(l => Broken(l, PdfFont.Regular, Body, Right - Left - FactLabels)).ToList();
            Need((said.Count > 40 ? 1 : said.Count) * Leading(Body) + 6 * Point);
            Line();
            var row = top;
            Show(label, PdfFont.Regular, Body, Left, row, grey: true);
            foreach (var part in said)
            {
                Need(Leading(Body));
                Show(part, PdfFont.Regular, Body, Left + FactLabels, top);
                top -= Leading(Body);
            }
            top -= 3 * Point;
        }
        return this;
    }

    public PdfDocument Table(IReadOnlyList<PdfColumn> columns, IEnumerable<IReadOnlyList<string>> rows)
    {
        TableRow(columns, [.. columns.Select(c => c.Title)], PdfFont.Bold);
        foreach (var row in rows)
            if (!TableRow(columns, row, PdfFont.Regular, fits: true))
            {
                Turn();
                TableRow(columns, [.. columns.Select(c => c.Title)], PdfFont.Bold);
                TableRow(columns, row, PdfFont.Regular);
            }
        return this;
    }

    /// <summary>The file. Each page says at its foot what it belongs to and how many there are.</summary>
    public byte[] Bytes()
    {
        if (pages.Count == 0) Turn();
        for (var i = 0; i < pages.Count; i++)
        {
            var number = $"{i + 1} / {pages.Count}";
            var foot = Broken(title, PdfFont.Regular, Small, Right - Left - 60 * Point)[0];
            Show(pages[i], foot, PdfFont.Regular, Small, Left, 40 * Point, true);
            Show(pages[i], number, PdfFont.Regular, Small, Right - PdfFont.Regular.Width(number, Small), 40 * Point, true);
        }
        return PdfFile.Write(title, language, madeAt, Wide, High, [.. pages.Select(p => p.ToString())], image);
    }

    /// <summary>False, and nothing written, where it must fit and does not.</summary>
    private bool TableRow(IReadOnlyList<PdfColumn> columns, IReadOnlyList<string> cells, PdfFont font, bool fits = false)
    {
        const int Inset = 6 * Point;
        var broad = Right - Left;
        var parts = columns.Select((c, i) => Broken(cells[i], font, Small, broad / 100 * c.Share - Inset)).ToList();
        var tall = parts.Max(p => p.Count) * Leading(Small) + 5 * Point;
        var fitsAPage = tall < High * Point - Margin - Bottom;
        if (fits && pages.Count > 0 && top - tall < Bottom && fitsAPage) return false;
        Need(fitsAPage ? tall : Leading(Small) + 5 * Point);
        Line();
        for (var line = 0; line < parts.Max(p => p.Count); line++)
        {
            Need(Leading(Small));
            var x = Left;
            for (var i = 0; i < columns.Count; i++)
            {
                var wide = broad / 100 * columns[i].Share;
                if (line < parts[i].Count)
                    Show(parts[i][line], font, Small, columns[i].Right ? x + wide - Inset - font.Width(parts[i][line], Small) : x, top);
                x += wide;
            }
            top -= Leading(Small);
        }
        top -= 2 * Point;
        return true;
    }

    private void Lines(string text, PdfFont font, int size, int x, int wide)
    {
        foreach (var line in Broken(text, font, size, wide))
        {
            Need(Leading(size));
            Show(line, font, size, x, top);
            top -= Leading(size);
        }
    }

    /// <summary>In lines that fit: between words where that goes, within a word where it does not. At least one, perhaps empty.</summary>
    private static List<string> Broken(string text, PdfFont font, int size, int wide)
    {
        var lines = new List<string>();
        var line = "";
        foreach (var word in text.Split(' '))
        {
            var longer = line.Length == 0 ? word : $"{line} {word}";
            if (font.Width(longer, size) <= wide) { line = longer; continue; }
            if (line.Length > 0) lines.Add(line);
            line = word;
            while (font.Width(line, size) > wide)
            {
                var most = line.Length - 1;
                while (most > 1 && font.Width(line[..most], size) > wide) most--;
                if (most > 1 && char.IsHighSurrogate(line[most - 1])) most--;
                lines.Add(line[..most]);
                line = line[most..];
            }
        }
        lines.Add(line);
        return lines;
    }

    private static int Leading(int size) => size * Point * 14 / 10;

    /// <summary>Room for so much below, on a new page where this one has it not.</summary>
    private void Need(int tall)
    {
        if (pages.Count == 0 || top - tall < Bottom) Turn();
    }

    private void Turn()
    {
        pages.Add(new StringBuilder());
        top = High * Point - Margin;
    }

    private void Line()
    {
        Draw($"0.85 G 0.5 w {Number(Left)} {Number(top)} m {Number(Right)} {Number(top)} l S");
        top -= 3 * Point;
    }

    private void Show(string text, PdfFont font, int size, int x, int y, bool grey = false) => Show(Page, text, font, size, x, y, grey);

    /// <summary><paramref name="y"/> is the upper edge of the line.</summary>
    private static void Show(StringBuilder page, string text, PdfFont font, int size, int x, int y, bool grey)
    {
        if (text.Length == 0) return;
        page.Append(CultureInfo.InvariantCulture,
            $"BT {(grey ? "0.4" : "0")} g /F{(font == PdfFont.Bold ? 1 : 0)} {size} Tf {Number(x)} {Number(y - size * Point)} Td (");
        foreach (var code in PdfFont.Encode(text))
            if (code is (byte)'(' or (byte)')' or (byte)'\\') page.Append('\\').Append((char)code);
            else if (code < 127) page.Append((char)code);
            else page.Append('\\').Append(Convert.ToString(code, 8));
        page.Append(") Tj ET\n");
    }

    private void Draw(string operators) => Page.Append(operators).Append('\n');

    private static string Number(int thousandths) =>
        string.Create(CultureInfo.InvariantCulture, $"{thousandths / Point}.{thousandths % Point:D3}");
}
