namespace Bursar.Core.Policies;

/// <summary>
/// A policy's list, prepared once when the policy is loaded: a look-up costs the same for one entry and for five hundred.
/// An entry <c>bank</c> or <c>bank:*</c> stands for every destination <c>bank:account</c>.
/// </summary>
internal sealed class KeyList
{
    public static readonly KeyList Empty = new([]);

    private readonly HashSet<string> keys = new(StringComparer.Ordinal);
    private readonly HashSet<string> skeletons = new(StringComparer.Ordinal);
    private readonly bool broken;

    private KeyList(IReadOnlyList<string> entries)
    {
        foreach (var entry in entries)
        {
            if (!TryKey(entry, out var key)) broken = true;
            keys.Add(key);
            skeletons.Add(MerchantKey.Skeleton(key));
        }
    }

    public bool IsSet => keys.Count > 0;

    public static KeyList Of(IReadOnlyList<string> entries) => entries.Count == 0 ? Empty : new KeyList(entries);

    /// <summary>The key of an entry as a list keeps it: <c>bca:*</c> is kept as <c>bca</c>.</summary>
    public static bool TryKey(string? entry, out string key)
    {
        if (!MerchantKey.TryOf(entry, out key)) return false;
        if (key.EndsWith(":*", StringComparison.Ordinal)) key = key[..^2].TrimEnd();
        return key.Length > 0;
    }

    public bool HasExactly(string? key) => Has(keys, key);

    public bool HasLookAlike(string? key) => Has(skeletons, key is null ? null : MerchantKey.Skeleton(key));

    private bool Has(HashSet<string> set, string? key)
    {
        // Validation keeps such entries out; should one be stored all the same, nobody guesses what it meant: the engine denies.
        if (broken) throw new InvalidOperationException("a list holds an entry that is no key");
        if (key is null) return false;
        if (set.Contains(key)) return true;
        var colon = key.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && set.GetAlternateLookup<ReadOnlySpan<char>>().Contains(key.AsSpan(0, colon));
    }
}
