namespace Bursar.Browser.Tests.Harness;

/// <summary>A person's authenticator app.</summary>
public static class Authenticator
{
    /// <summary>The half minute that the app shows a code for now.</summary>
    public static long Step => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 30;

    /// <summary>The key as the page writes it to type: base32 in groups of four.</summary>
    public static byte[] Secret(string shown)
    {
        var letters = shown.Where(c => c != ' ');
        var bits = string.Concat(letters.Select(c =>
            Convert.ToString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".IndexOf(c, StringComparison.Ordinal), 2).PadLeft(5, '0')));
        return [.. Enumerable.Range(0, bits.Length / 8).Select(i => Convert.ToByte(bits.Substring(i * 8, 8), 2))];
    }
}
