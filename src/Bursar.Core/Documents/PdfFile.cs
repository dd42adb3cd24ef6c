using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Bursar.Core.Documents;

/// <summary>
/// The objects of a PDF 1.7 (ISO 32000-1) around finished pages. The same pages, title and time give the same bytes: no clock, no chance.
/// </summary>
internal static class PdfFile
{
    private static readonly PdfFont[] Fonts = [PdfFont.Regular, PdfFont.Bold];

    public static byte[] Write(
        string title, string language, DateTimeOffset madeAt, int width, int height, IReadOnlyList<string> pages, PdfImage? image)
    {
        var file = new Objects();
        // Numbers are given before the objects are written, because they name each other.
        const int Catalog = 1, Tree = 2, Info = 3, FirstFont = 4;
        var picture = FirstFont + Fonts.Length;
        var mask = picture + 1;
        var firstPage = picture + (image is null ? 0 : image.Alpha is null ? 1 : 2);
        var resources = $"<< /Font << {string.Join(' ', Fonts.Select((_, i) => $"/F{i} {FirstFont + i} 0 R"))} >>"
            + (image is null ? "" : $" /XObject << /Im {picture} 0 R >>") + " >>";
        file.Add($"<< /Type /Catalog /Pages {Tree} 0 R /Lang {Hex(language)} /ViewerPreferences << /DisplayDocTitle true >> >>");
        file.Add($"<< /Type /Pages /Count {pages.Count} /Kids [{string.Join(' ', pages.Select((_, i) => $"{firstPage + 2 * i} 0 R"))}] >>");
        file.Add($"<< /Title {Hex(title)} /Producer (Bursar) /CreationDate ({madeAt.UtcDateTime:'D:'yyyyMMddHHmmss'Z'}) >>");
        foreach (var font in Fonts) file.Add($"<< /Type /Font /Subtype /Type1 /BaseFont /{font.Name} /Encoding /WinAnsiEncoding >>");
        if (image is not null)
        {
            file.Add($"<< /Type /XObject /Subtype /Image /Width {image.Width} /Height {image.Height} /ColorSpace {image.Colours}"
                + $" /BitsPerComponent {image.Bits} /Filter {image.Filter}{(image.Alpha is null ? "" : $" /SMask {mask} 0 R")}",
                image.Data);
            if (image.Alpha is not null)
                file.Add($"<< /Type /XObject /Subtype /Image /Width {image.Width} /Height {image.Height} /ColorSpace /DeviceGray"
                    + " /BitsPerComponent 8 /Filter /FlateDecode", image.Alpha);
        }
        foreach (var page in pages)
        {
            file.Add($"<< /Type /Page /Parent {Tree} 0 R /MediaBox [0 0 {width} {height}] /Resources {resources}"
                + $" /Contents {file.Next + 1} 0 R >>");
            file.Add("<<", Encoding.ASCII.GetBytes(page));
        }
        return file.End(Catalog, Info);
    }

    /// <summary>A text string of any signs, as UTF-16 in hexadecimal: nothing in it can end it.</summary>
    private static string Hex(string text) => $"<FEFF{Convert.ToHexString(Encoding.BigEndianUnicode.GetBytes(text))}>";

    private sealed class Objects
    {
        private readonly ArrayBufferWriter<byte> file = new();
        private readonly List<int> starts = [];

        public Objects() => Write("%PDF-1.7\n%\u00E2\u00E3\u00CF\u00D3\n");

        public int Next => starts.Count + 1;

        public void Add(string dictionary)
        {
            Begin();
            Write($"{dictionary}\nendobj\n");
        }

        public void Add(string openDictionary, byte[] stream)
        {
            Begin();
            Write($"{openDictionary} /Length {stream.Length} >>\nstream\n");
            file.Write(stream);
            Write("\nendstream\nendobj\n");
        }

        public byte[] End(int catalog, int info)
        {
            var id = Convert.ToHexString(SHA256.HashData(file.WrittenSpan), 0, 16);
            var table = file.WrittenCount;
            Write($"xref\n0 {Next}\n0000000000 65535 f \n");
            foreach (var start in starts) Write(start.ToString("D10", CultureInfo.InvariantCulture) + " 00000 n \n");
            Write($"trailer\n<< /Size {Next} /Root {catalog} 0 R /Info {info} 0 R /ID [<{id}> <{id}>] >>\nstartxref\n{table}\n%%EOF\n");
            return file.WrittenSpan.ToArray();
        }

        private void Begin()
        {
            starts.Add(file.WrittenCount);
            Write($"{starts.Count} 0 obj\n");
        }

        private void Write(string text) => Encoding.Latin1.GetBytes(text, file);
    }
}
