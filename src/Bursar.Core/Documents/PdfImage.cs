using System.Buffers.Binary;
using System.IO.Compression;

namespace Bursar.Core.Documents;

/// <summary>
/// A picture as a PDF holds it: a JPEG as it is, a PNG with its pixels apart from its transparency. Interlaced PNGs, those of 16 bits a
/// colour, JPEGs for print (CMYK) and anything larger than <see cref="PixelsMax"/> are not shown.
/// </summary>
public sealed record PdfImage(int Width, int Height, string Colours, string Filter, int Bits, byte[] Data)
{
    private const int PixelsMax = 4_000_000;
    private const int SideMax = 10_000;

    /// <summary>How much of each pixel is seen, a byte each; null: all of it.</summary>
    public byte[]? Alpha { get; init; }

    /// <summary>Null when it is no picture that can be shown, whatever is wrong with it.</summary>
    public static PdfImage? Read(byte[] file)
    {
        try
        {
            var image = file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47]) ? Png(file)
                : file.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8]) ? Jpeg(file) : null;
            return image is null || !Fits(image.Width, image.Height) ? null : image;
        }
        catch (Exception e) when (e is InvalidDataException or ArgumentException or IndexOutOfRangeException or EndOfStreamException)
        {
            return null;
        }
    }

    private static bool Fits(int width, int height) =>
        width is > 0 and <= SideMax && height is > 0 and <= SideMax && width * height <= PixelsMax;

    /// <summary>The frame header (ISO 10918) says size and colours; the file itself is what a reader decodes.</summary>
    private static PdfImage? Jpeg(byte[] file)
    {
        for (var at = 2; at + 9 < file.Length;)
        {
            if (file[at] != 0xFF) return null;
            var marker = file[at + 1];
            var length = BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at + 2));
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                var colours = file[at + 9] switch { 1 => "/DeviceGray", 3 => "/DeviceRGB", _ => null };
                return colours is null || file[at + 4] != 8 ? null : new PdfImage(
                    BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at + 7)), BinaryPrimitives.ReadUInt16BigEndian(file.AsSpan(at + 5)),
                    colours, "/DCTDecode", 8, file);
            }
            at += 2 + length;
        }
        return null;
    }

    private static PdfImage? Png(byte[] file)
    {
        var header = file.AsSpan(16);
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(header), BinaryPrimitives.ReadInt32BigEndian(header[4..]));
        var (bits, type, interlaced) = (header[8], header[9], header[12] != 0);
        if (!Fits(width, height) || interlaced || bits is not (1 or 2 or 4 or 8)) return null;
        byte[] palette = [], transparent = [];
        using var packed = new MemoryStream();
        for (var at = 8; at + 12 <= file.Length;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(file.AsSpan(at));
            if (length < 0 || length > file.Length - at - 12) return null;
            var name = file.AsSpan(at + 4, 4);
            var data = file.AsSpan(at + 8, length);
            if (name.SequenceEqual("PLTE"u8)) palette = data.ToArray();
            else if (name.SequenceEqual("tRNS"u8)) transparent = data.ToArray();
            else if (name.SequenceEqual("IDAT"u8)) packed.Write(data);
            at += length + 12;
        }
        var channels = type switch { 0 or 3 => 1, 2 => 3, 4 => 2, 6 => 4, _ => 0 };
        if (channels == 0 || (bits != 8 && channels > 1) || (type == 3 && palette.Length is 0 or > 768)) return null;
        var raw = Unfilter(packed, height, stride: (width * channels * bits + 7) / 8, step: channels);
        var colours = type switch
        {
            0 or 4 => "/DeviceGray",
            3 => $"[/Indexed /DeviceRGB {palette.Length / 3 - 1} <{Convert.ToHexString(palette, 0, palette.Length / 3 * 3)}>]",
            _ => "/DeviceRGB",
        };
        if (type is 0 or 2 || (type == 3 && (transparent.Length == 0 || bits != 8)))
            return new PdfImage(width, height, colours, "/FlateDecode", bits, Pack(raw));
        if (type == 3)
            return new PdfImage(width, height, colours, "/FlateDecode", bits, Pack(raw))
            {
                Alpha = Pack([.. raw.Select(pixel => pixel < transparent.Length ? transparent[pixel] : (byte)255)]),
            };
        var (seen, alpha) = Apart(raw, channels);
        return new PdfImage(width, height, colours, "/FlateDecode", bits, Pack(seen)) { Alpha = Pack(alpha) };
    }

    /// <summary>The filters of RFC 2083, chapter 6, undone row by row.</summary>
    private static byte[] Unfilter(MemoryStream packed, int height, int stride, int step)
    {
        packed.Position = 0;
        using var unpacked = new ZLibStream(packed, CompressionMode.Decompress);
        var pixels = new byte[stride * height];
        var filter = new byte[1];
        for (var y = 0; y < height; y++)
        {
            unpacked.ReadExactly(filter);
            var row = pixels.AsSpan(y * stride, stride);
            unpacked.ReadExactly(row);
            var above = y == 0 ? new byte[stride] : pixels.AsSpan((y - 1) * stride, stride);
            for (var x = 0; x < stride; x++)
            {
                int left = x < step ? 0 : row[x - step], up = above[x], corner = x < step ? 0 : above[x - step];
                row[x] += filter[0] switch
                {
                    0 => 0,
                    1 => (byte)left,
                    2 => (byte)up,
                    3 => (byte)((left + up) / 2),
                    4 => (byte)Paeth(left, up, corner),
                    _ => throw new InvalidDataException(),
                };
            }
        }
        return pixels;
    }

    private static int Paeth(int left, int up, int corner)
    {
        var (a, b, c) = (Math.Abs(up - corner), Math.Abs(left - corner), Math.Abs(left + up - 2 * corner));
        return a <= b && a <= c ? left : b <= c ? up : corner;
    }

    private static (byte[] Seen, byte[] Alpha) Apart(byte[] raw, int channels)
    {
        var (seen, alpha) = (new byte[raw.Length / channels * (channels - 1)], new byte[raw.Length / channels]);
        for (var pixel = 0; pixel < alpha.Length; pixel++)
        {
            raw.AsSpan(pixel * channels, channels - 1).CopyTo(seen.AsSpan(pixel * (channels - 1)));
            alpha[pixel] = raw[pixel * channels + channels - 1];
        }
        return (seen, alpha);
    }

    private static byte[] Pack(byte[] data)
    {
        using var packed = new MemoryStream();
        using (var zip = new ZLibStream(packed, CompressionLevel.Optimal)) zip.Write(data);
        return packed.ToArray();
    }
}
