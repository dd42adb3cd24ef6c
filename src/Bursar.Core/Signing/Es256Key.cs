using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Bursar.Core.Signing;

/// <summary>
/// A P-256 key for ES256 (RFC 7518 §3.4: ECDSA with SHA-256, the signature as r and s of 32 bytes each). Safe for many threads: the
/// framework's handle is not, so each use takes one of a few.
/// </summary>
public sealed class Es256Key : IDisposable
{
    public const int SignatureLength = 64;
    private const int HandlesMax = 32;
    private const DSASignatureFormat Form = DSASignatureFormat.IeeeP1363FixedFieldConcatenation;

    private readonly ConcurrentBag<ECDsa> handles = [];
    private readonly ECParameters parameters;

    private Es256Key(ECParameters parameters)
    {
        this.parameters = parameters;
        handles.Add(ECDsa.Create(parameters));
    }

    /// <summary>The public point as base64url of 32 bytes each (RFC 7518 §6.2.1).</summary>
    public string X => Base64Url.EncodeToString(parameters.Q.X);

    /// <inheritdoc cref="X"/>
    public string Y => Base64Url.EncodeToString(parameters.Q.Y);

    /// <summary>The key's name: its thumbprint (RFC 7638), so that no two keys share one.</summary>
    public string Thumbprint => Base64Url.EncodeToString(
        SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{X}}","y":"{{Y}}"}""")));

    public static Es256Key New()
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new Es256Key(made.ExportParameters(includePrivateParameters: true));
    }

    /// <summary>From PKCS #8. Throws CryptographicException for anything but a P-256 private key.</summary>
    public static Es256Key OfPrivate(ReadOnlySpan<byte> pkcs8)
    {
        using var read = ECDsa.Create();
        read.ImportPkcs8PrivateKey(pkcs8, out _);
        return new Es256Key(Checked(read.ExportParameters(includePrivateParameters: true)));
    }

    /// <summary>From a public point. Throws CryptographicException when it is not on the curve.</summary>
    public static Es256Key OfPublic(string x, string y) => new(new ECParameters
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = Base64Url.DecodeFromChars(x), Y = Base64Url.DecodeFromChars(y) },
    });

    public byte[] ExportPrivate() => With(handle => handle.ExportPkcs8PrivateKey());

    public byte[] Sign(byte[] input) => With(handle => handle.SignData(input, HashAlgorithmName.SHA256, Form));

    public bool Verify(byte[] input, byte[] signature) =>
        signature.Length == SignatureLength && With(handle => handle.VerifyData(input, signature, HashAlgorithmName.SHA256, Form));

    private T With<T>(Func<ECDsa, T> use)
    {
        if (!handles.TryTake(out var handle)) handle = ECDsa.Create(parameters);
        var answer = use(handle);
        if (handles.Count < HandlesMax) handles.Add(handle);
        else handle.Dispose();
        return answer;
    }

    private static ECParameters Checked(ECParameters read) =>
        read.Curve.Oid.Value == "1.2.840.10045.3.1.7" ? read : throw new CryptographicException("not a P-256 key");

    public void Dispose()
    {
        while (handles.TryTake(out var handle)) handle.Dispose();
    }
}
