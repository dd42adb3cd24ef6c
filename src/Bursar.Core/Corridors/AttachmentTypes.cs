using System.Buffers.Binary;
using System.Text;

namespace Bursar.Core.Corridors;

/// <summary>
/// The kinds of file that may be attached. The content has the last word: a name only says which kind it must prove to be. Nothing is
/// opened or unpacked; containers are known by the names of what they hold.
/// </summary>
public static class AttachmentTypes
{
    public const int BytesMax = 10 * 1024 * 1024;

    private static readonly byte[] OldOffice = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
    private static readonly byte[] Png = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A];
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>As the page's file chooser takes them.</summary>
    public const string Accept = ".txt,.pdf,.doc,.docx,.jpg,.jpeg,.png,.bmp,.rtf,.xls,.xlsx";

    /// <summary>Whether the content is what the ending of the name says, and that ending one of those that may be attached.</summary>
    public static bool Proves(string name, ReadOnlySpan<byte> content) =>
        name[(name.LastIndexOf('.') + 1)..].ToLowerInvariant() switch
        {
            "txt" => IsText(content),
            "pdf" => content.StartsWith("%PDF-"u8),
            "rtf" => content.StartsWith("{\\rtf"u8),
            "png" => content.StartsWith(Png),
            "jpg" or "jpeg" => content.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]),
            // The header tells the file's length.
            "bmp" => content.Length > 26 && content.StartsWith("BM"u8)
                && BinaryPrimitives.ReadUInt32LittleEndian(content[2..]) == content.Length,
            "doc" => IsOldOffice(content, "WordDocument"),
            "xls" => IsOldOffice(content, "Workbook"),
            "docx" => IsOffice(content, "word/document.xml"u8),
            "xlsx" => IsOffice(content, "xl/workbook.xml"u8),
            _ => false,
        };

    /// <summary>UTF-8 without control characters, but for those that make lines and pages.</summary>
    private static bool IsText(ReadOnlySpan<byte> content)
    {
        try
        {
            foreach (var c in StrictUtf8.GetString(content))
                if (char.IsControl(c) && c is not ('\t' or '\r' or '\n' or '\f')) return false;
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    /// <summary>A compound file: its directory names its streams in UTF-16.</summary>
    private static bool IsOldOffice(ReadOnlySpan<byte> content, string stream) =>
        content.StartsWith(OldOffice) && content.IndexOf(Encoding.Unicode.GetBytes(stream)) > 0;

    /// <summary>A zip: its directory names its parts as they are.</summary>
    private static bool IsOffice(ReadOnlySpan<byte> content, ReadOnlySpan<byte> part) =>
        content.StartsWith("PK\x03\x04"u8) && content.IndexOf("[Content_Types].xml"u8) > 0 && content.IndexOf(part) > 0;
}
