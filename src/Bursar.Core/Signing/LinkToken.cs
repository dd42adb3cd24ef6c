using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Bursar.Core.Signing;

/// <summary>The secret of a link that is good once: 256 random bits as 43 characters of base64url. Only its SHA-256 is stored.</summary>
public static class LinkToken
{
    public const int Length = 43;

    public static string New() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    public static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes("bursar link " + text));
}
