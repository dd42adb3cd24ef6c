using System.Text.RegularExpressions;

namespace Bursar.Core.Payments;

/// <summary>
/// International account numbers (ISO 13616), with or without blanks, proved by their check digits (ISO 7064, mod 97-10).
/// </summary>
public static partial class Iban
{
    /// <summary>
    /// Begins as one: two capital letters and two digits, and at least eleven more. No bank's own number is meant to be refused by
    /// it.
    /// </summary>
    public static bool LooksLike(string account) => Shape().IsMatch(Plain(account));

    public static bool IsValid(string account)
    {
        var iban = Plain(account);
        if (!Shape().IsMatch(iban)) return false;
        var remainder = 0;
        foreach (var character in iban[4..] + iban[..4])
            remainder = char.IsAsciiDigit(character)
                ? (remainder * 10 + (character - '0')) % 97
                : (remainder * 100 + (character - 'A' + 10)) % 97;
        return remainder == 1;
    }

    public static string Plain(string account) => account.Replace(" ", "", StringComparison.Ordinal);

    [GeneratedRegex(@"\A[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\z")]
    private static partial Regex Shape();
}
