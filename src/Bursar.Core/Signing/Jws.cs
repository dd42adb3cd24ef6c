using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Bursar.Core.Signing;

/// <summary>
/// A signed token in compact form (RFC 7515 §7.1), ES256 and nothing else. Read strictly: the header holds <c>alg</c>, <c>typ</c> and
/// <c>kid</c> once each and nothing else, so that no token can choose its own key, algorithm or encoding (RFC 8725 §3).
/// </summary>
/// <param name="Input">What is signed: the first two parts with their dot, in ASCII.</param>
public sealed record Jws(string Kid, byte[] Input, byte[] Payload, byte[] Signature)
{
    /// <summary>Longer than any token of ours; nothing of a longer text is looked at.</summary>
    public const int LengthMax = 8192;

    private const int KidMax = 100;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 4 };

    /// <summary>The header as it stands in every token of a key: signing writes it once.</summary>
    public static string HeaderOf(string type, string kid) =>
        Base64Url.EncodeToString(Encoding.ASCII.GetBytes($$"""{"alg":"ES256","typ":"{{type}}","kid":"{{kid}}"}"""));

    public static string Sign(Es256Key key, string header, ReadOnlySpan<byte> payload)
    {
        var dot = header.Length;
        var input = new byte[dot + 1 + Base64Url.GetEncodedLength(payload.Length)];
        Encoding.ASCII.GetBytes(header, input);
        input[dot] = (byte)'.';
        Base64Url.EncodeToUtf8(payload, input.AsSpan(dot + 1));
        var signature = key.Sign(input);
        return string.Create(input.Length + 1 + Base64Url.GetEncodedLength(signature.Length), (input, signature), static (text, parts) =>
        {
            Encoding.ASCII.GetChars(parts.input, text);
            text[parts.input.Length] = '.';
            Base64Url.EncodeToChars(parts.signature, text[(parts.input.Length + 1)..]);
        });
    }

    /// <summary>The token's parts, or what is wrong with their form. Whether the signature holds is another question.</summary>
    public static SatFault? Read(string text, string type, out Jws? jws)
    {
        jws = null;
        if (text.Length > LengthMax) return SatFault.TooLong;
        var parts = text.Split('.', 4);
        if (parts.Length != 3 || !TryDecode(parts[0], out var header) || !TryDecode(parts[1], out var payload)
            || !TryDecode(parts[2], out var signature)) return SatFault.Malformed;
        if (ReadHeader(header, type, out var kid) is { } fault) return fault;
        if (signature.Length != Es256Key.SignatureLength) return SatFault.Malformed;
        jws = new Jws(kid, Encoding.ASCII.GetBytes(text, 0, parts[0].Length + 1 + parts[1].Length), payload, signature);
        return null;
    }

    private static SatFault? ReadHeader(byte[] json, string type, out string kid)
    {
        kid = "";
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return SatFault.Malformed;
            var members = document.RootElement.EnumerateObject().ToDictionary(m => m.Name, m => m.Value);
            if (Text("alg") != "ES256") return SatFault.WrongAlgorithm;
            if (members.Keys.Any(name => name is not ("alg" or "typ" or "kid"))) return SatFault.ForbiddenHeader;
            if (Text("typ") != type) return SatFault.WrongType;
            kid = Text("kid") ?? "";
            return kid.Length is 0 or > KidMax ? SatFault.Malformed : null;

            string? Text(string name) => members.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A duplicate member, bad UTF-8, an unpaired surrogate: no header at all.
            return SatFault.Malformed;
        }
    }

    /// <summary>Base64url without padding, white space or stray bits: each value has exactly one spelling.</summary>
    private static bool TryDecode(string text, out byte[] bytes)
    {
        bytes = [];
        if (!Base64Url.IsValid(text)) return false;
        bytes = Base64Url.DecodeFromChars(text);
        return Base64Url.EncodeToString(bytes) == text;
    }
}
