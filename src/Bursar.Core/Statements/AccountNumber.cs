using Bursar.Core.Currencies;

namespace Bursar.Core.Statements;

/// <summary>
/// Account numbers as banks print them: with blanks, dots and hyphens, behind the bank's code and a slash, or with the currency at the end.
/// </summary>
internal static class AccountNumber
{
    /// <summary>Letters and digits alone, in upper case.</summary>
    public static string Plain(string account) => string.Concat(account.Where(char.IsAsciiLetterOrDigit)).ToUpperInvariant();

    /// <summary>
    /// Does the file speak of the account that is meant? A bank's code before a slash counts only if the account is given with one.
    /// </summary>
    public static bool Same(string expected, string written, Currency currency)
    {
        var plain = Plain(expected);
        var own = expected.Contains('/', StringComparison.Ordinal) ? written : written[(written.LastIndexOf('/') + 1)..];
        return plain.Length > 0 && (Plain(own) == plain || Plain(own) == plain + currency.Code);
    }
}
