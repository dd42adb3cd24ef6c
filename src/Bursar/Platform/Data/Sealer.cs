using System.Security.Cryptography;
using System.Text;

namespace Bursar.Platform.Data;

/// <summary>
/// Seals what must be readable again (webhook secrets, test keys): AES-256-GCM under the installation's key file. The sealed form is
/// base64 of a 12-byte nonce, the 16-byte tag and the text.
/// </summary>
public sealed class Sealer
{
    private const int NonceLength = 12;
    private const int TagLength = 16;
    private readonly byte[] key;
    private readonly byte[] macKey;

    private Sealer(byte[] key)
    {
        this.key = key;
        macKey = HKDF.DeriveKey(HashAlgorithmName.SHA256, key, 32, info: "bursar mac"u8.ToArray());
    }

    /// <summary>Reads the key file; makes it, for its owner only, when <paramref name="create"/> says so and it is not there.</summary>
    public static Sealer Open(string path, bool create)
    {
        if (!File.Exists(path))
        {
            if (!create)
                throw new InvalidOperationException(
                    $"the key file {path} is missing: set BURSAR_KEY_FILE to the file this installation was made with");
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using var file = new StreamWriter(path, options);
            file.WriteLine(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)));
        }
        var bytes = Convert.FromBase64String(File.ReadAllText(path).Trim());
        return bytes.Length == 32
            ? new Sealer(bytes)
            : throw new InvalidOperationException($"the key file {path} does not hold 32 bytes of base64");
    }

    /// <summary>
    /// HMAC-SHA256 under the same key file: what to store of a short secret. Six digits under a plain
    /// hash are guessed from a stolen database in a second; without the key file this one is not.
    /// </summary>
    public byte[] Mac(string purpose, string text) => HMACSHA256.HashData(macKey, Encoding.UTF8.GetBytes($"{purpose}\n{text}"));

    public string Seal(string text)
    {
        var plain = Encoding.UTF8.GetBytes(text);
        var output = new byte[NonceLength + TagLength + plain.Length];
        RandomNumberGenerator.Fill(output.AsSpan(0, NonceLength));
        using var aes = new AesGcm(key, TagLength);
        aes.Encrypt(output.AsSpan(0, NonceLength), plain, output.AsSpan(NonceLength + TagLength), output.AsSpan(NonceLength, TagLength));
        return Convert.ToBase64String(output);
    }

    public string Unseal(string sealedText)
    {
        var input = Convert.FromBase64String(sealedText);
        var plain = new byte[input.Length - NonceLength - TagLength];
        using var aes = new AesGcm(key, TagLength);
        aes.Decrypt(input.AsSpan(0, NonceLength), input.AsSpan(NonceLength + TagLength), input.AsSpan(NonceLength, TagLength), plain);
        return Encoding.UTF8.GetString(plain);
    }
}
