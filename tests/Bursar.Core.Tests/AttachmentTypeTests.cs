using System.IO.Compression;
using System.Text;
using Bursar.Core.Corridors;

namespace Bursar.Core.Tests;

public sealed class AttachmentTypeTests
{
    private static readonly byte[] OldOffice = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    private static readonly byte[] Bitmap = [(byte)'B', (byte)'M', 32, 0, 0, 0, .. new byte[26]];

    public static TheoryData<string, byte[]> Files() => new()
    {
        { "a.txt", "Invoice 2291\r\nTotal – 1.250,00 €\n"u8.ToArray() }, { "a.pdf", "%PDF-1.7\n%âãÏÓ"u8.ToArray() },
        { "a.rtf", "{\\rtf1\\ansi Invoice}"u8.ToArray() }, { "A.PNG", [0x89, .. "PNG\r\n"u8, 0x1A, 0x0A, 1] },
        { "a.jpg", [0xFF, 0xD8, 0xFF, 0xE0] }, { "a.jpeg", [0xFF, 0xD8, 0xFF, 0xE1] }, { "a.bmp", Bitmap },
        { "a.doc", [.. OldOffice, .. Encoding.Unicode.GetBytes("..WordDocument..")] },
        { "a.xls", [.. OldOffice, .. Encoding.Unicode.GetBytes("..Workbook..")] },
        { "a.docx", Zip("[Content_Types].xml", "word/document.xml") }, { "a.xlsx", Zip("[Content_Types].xml", "xl/workbook.xml") },
    };

    [Theory, MemberData(nameof(Files))]
    public void a_file_proves_what_its_name_says(string name, byte[] content)
    {
        Assert.True(AttachmentTypes.Proves(name, content));
        foreach (var (other, _) in Files().Select(f => ((string, byte[]))f.Data))
            if (Bare(other) != Bare(name) && Bare(other) != "txt") Assert.False(AttachmentTypes.Proves(other, content), other);
    }

    [Theory]
    [InlineData("invoice.pdf", "<html><script>alert(1)</script>")]
    [InlineData("invoice.html", "<html>")]
    [InlineData("invoice.svg", "<svg/>")]
    [InlineData("invoice", "%PDF-1.7")]
    [InlineData("invoice.exe.pdf", "MZ..")]
    [InlineData("invoice.txt", "a\0b")]
    [InlineData("invoice.pdf", "")]
    [InlineData(".", "%PDF-")]
    public void anything_else_is_refused(string name, string content) =>
        Assert.False(AttachmentTypes.Proves(name, Encoding.UTF8.GetBytes(content)));

    private static string Bare(string name) => name[(name.LastIndexOf('.') + 1)..].ToLowerInvariant().Replace("jpeg", "jpg");

    private static byte[] Zip(params string[] parts)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create))
            foreach (var part in parts) zip.CreateEntry(part);
        return file.ToArray();
    }
}
