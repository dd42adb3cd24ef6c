using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text.RegularExpressions;
using Bursar.Core.Documents;
using Bursar.Tests.Given;
using Xunit;

namespace Bursar.Tests.Documents;

/// <summary>What the writer writes is what other people's readers read.</summary>
public sealed class PdfTests
{
    private static readonly DateTimeOffset Day = new(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);

    private static PdfDocument New(string title = "A title") => new(title, "en", Day);

    [Theory]
    [InlineData("Sari Wibowo")]
    [InlineData(") Tj ET Q endstream endobj (")]
    [InlineData(@"back\slash \) \( \\ \101 (((")]
    [InlineData("Zoë Müller – “naïve” €5 ½ ÿ")]
    [InlineData("%PDF-1.7 trailer << /Root 1 0 R >> startxref 0 %%EOF")]
    public void text_is_read_as_it_was_written(string text)
    {
        var pdf = New(text).Heading(text).Facts([("Name", text)]).Table([new("Name", 100)], [[text]]).Bytes();
        PdfReader.Check(pdf);
        var read = PdfReader.Text(pdf, "-raw").Split('\n');
        Assert.Equal(3, read.Count(l => l == text || l == $"Name {text}"));
        Assert.Matches(@"Title:\s+" + Regex.Escape(text), PdfReader.Run("pdfinfo", pdf, "-enc", "UTF-8", "{file}"));
    }

    [Fact]
    public void what_the_font_lacks_is_seen_to_be_missing_and_controls_do_nothing()
    {
        var pdf = New().Text("Nguyễn 東京 \u0007\u001B[31m red \uD83D\uDE00 end").Bytes();
        PdfReader.Check(pdf);
        Assert.Contains("Nguy?n ?? ??[31m red ? end", PdfReader.Text(pdf, "-raw"));
    }

    [Fact]
    public void the_same_document_is_the_same_bytes()
    {
        byte[] Made() => New().Letterhead(PdfImage.Read(Png(6, 20, 10)), ["PT Kopi"]).Facts([("A", "b")]).Bytes();
        Assert.Equal(Made(), Made());
    }

    [Theory, InlineData(false), InlineData(true)]
    public void widths_are_those_that_readers_know(bool bold)
    {
        var font = bold ? PdfFont.Bold : PdfFont.Regular;
        // Whole lines of all signs that are no blank, so that a reader sees one word.
        foreach (var range in new[] { (33, 64), (65, 126), (161, 172), (174, 214), (215, 255) })
        {
            var word = string.Concat(Enumerable.Range(range.Item1, range.Item2 - range.Item1 + 1).Select(c => (char)c));
            var pdf = bold ? New().Part(word).Bytes() : New().Text(word).Bytes();
            var size = bold ? 11 : 10;
            var found = Regex.Match(PdfReader.Text(pdf, "-bbox"), "<word xMin=\"([0-9.]+)\" [^>]*xMax=\"([0-9.]+)\"");
            var thousandths = (int)Math.Round((Number(found.Groups[2]) - Number(found.Groups[1])) * 1000);
            Assert.InRange(thousandths - font.Width(word, size), -2, 2);
        }
    }

    private static decimal Number(Group found) => decimal.Parse(found.Value, CultureInfo.InvariantCulture);

    [Fact]
    public void a_long_table_goes_on_over_pages_with_its_heading_and_nothing_is_lost()
    {
        var rows = Enumerable.Range(1, 300)
            .Select(i => new[] { $"row-{i}", string.Join(' ', Enumerable.Repeat("word", i % 40)), $"{i}.000" });
        var pdf = New("Long").Table([new("Number", 20), new("Words", 60), new("Amount", 20, true)], rows).Bytes();
        PdfReader.Check(pdf);
        var pages = PdfReader.Text(pdf, "-layout").Split('\f', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(pages.Length, 10, 40);
        Assert.All(pages, p => Assert.Matches(@"Number\s+Words\s+Amount", p));
        for (var i = 0; i < pages.Length; i++) Assert.Contains($"{i + 1} / {pages.Length}", pages[i]);
        var all = string.Concat(pages);
        for (var i = 1; i <= 300; i++) Assert.Matches($@"\brow-{i}\b", all);
        Assert.Equal(Enumerable.Range(1, 300).Sum(i => i % 40), Regex.Count(all, @"\bword\b"));
    }

    [Fact]
    public void a_word_longer_than_the_line_is_broken_and_stays_on_the_page()
    {
        var word = string.Concat(Enumerable.Range(0, 400).Select(i => (char)('a' + i % 26)));
        var pdf = New().Facts([("Hash", word)]).Bytes();
        Assert.Contains(word, PdfReader.Text(pdf, "-raw").Replace("\n", "", StringComparison.Ordinal));
        Assert.All(Regex.Matches(PdfReader.Text(pdf, "-bbox"), "xMax=\"([0-9.]+)\""), m => Assert.InRange(Number(m.Groups[1]), 0, 540));
    }

    [Theory, InlineData(0, false), InlineData(2, false), InlineData(4, true), InlineData(6, true)]
    public void a_png_is_shown_with_its_transparency(int type, bool seesThrough)
    {
        var pdf = New().Letterhead(PdfImage.Read(Png((byte)type, 20, 10)), ["PT Kopi"]).Bytes();
        PdfReader.Check(pdf);
        var images = PdfReader.Run("pdfimages", pdf, "-list", "{file}").Split('\n')[2..];
        Assert.Matches(@"^\s*1\s+0\s+image\s+20\s+10\s", images[0]);
        Assert.Equal(seesThrough, images.Any(i => i.Contains("smask", StringComparison.Ordinal)));
    }

    [Fact]
    public void a_jpeg_is_shown_as_it_is()
    {
        // Another program's JPEG: a page of ours, drawn by poppler.
        var jpeg = Path.Combine(Path.GetTempPath(), $"bursar-{Guid.CreateVersion7():N}");
        PdfReader.Run("pdftoppm", New().Heading("Kopi").Bytes(), "-jpeg", "-singlefile", "-r", "20", "{file}", jpeg);
        var content = File.ReadAllBytes(jpeg + ".jpg");
        File.Delete(jpeg + ".jpg");
        var pdf = New().Letterhead(PdfImage.Read(content), ["PT Kopi"]).Bytes();
        PdfReader.Check(pdf);
        Assert.Contains("jpeg", PdfReader.Run("pdfimages", pdf, "-list", "{file}"));
    }

    [Fact]
    public void a_broken_picture_is_left_out_whatever_is_wrong_with_it()
    {
        var png = Png(6, 20, 10);
        for (var length = 0; length < png.Length - 12; length++) Assert.Null(PdfImage.Read(png[..length]));
        var random = new Random(1);
        for (var i = 0; i < 2000; i++)
        {
            var mangled = (byte[])png.Clone();
            mangled[random.Next(mangled.Length)] = (byte)random.Next(256);
            PdfImage.Read(mangled);
        }
        // A small file that would unpack to much.
        Assert.Null(PdfImage.Read(Png(6, 20, 10, claim: 60_000)));
    }

    /// <summary>A PNG of some colours, each row with another filter; <paramref name="claim"/>: the width that its head claims.</summary>
    private static byte[] Png(byte type, int width, int height, int? claim = null)
    {
        var channels = type switch { 0 => 1, 2 => 3, 4 => 2, _ => 4 };
        using var raw = new MemoryStream();
        for (var y = 0; y < height; y++)
        {
            raw.WriteByte((byte)(y % 5));
            for (var x = 0; x < width * channels; x++) raw.WriteByte((byte)(x * 7 + y * 13));
        }
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Optimal, true)) zip.Write(raw.ToArray());
        using var file = new MemoryStream();
        file.Write([0x89, .. "PNG\r\n"u8, 0x1A, 0x0A]);
        var head = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(head, claim ?? width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(4), height);
        (head[8], head[9]) = (8, type);
        Chunk("IHDR"u8, head);
        Chunk("IDAT"u8, packed.ToArray());
        Chunk("IEND"u8, []);
        return file.ToArray();

        void Chunk(ReadOnlySpan<byte> name, ReadOnlySpan<byte> data)
        {
            Span<byte> number = stackalloc byte[4];
            BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
            file.Write(number);
            file.Write(name);
            file.Write(data);
            // Nobody here looks at the check sum.
            file.Write([0, 0, 0, 0]);
        }
    }
}
