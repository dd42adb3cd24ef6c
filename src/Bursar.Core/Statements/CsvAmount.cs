namespace Bursar.Core.Statements;

/// <summary>
/// Amounts of a cell with their sign: "-1.000,50", "1,000.50-", "(500)", "1,000.00 CR", "Rp 1.000" — at most one sign of any kind.
/// </summary>
internal static class CsvAmount
{
    private static readonly string[] DebitWords = ["D", "DB", "DR", "DEBIT", "DEBET"];
    private static readonly string[] CreditWords = ["C", "CR", "K", "KR", "CREDIT", "KREDIT"];

    public static long Signed(CsvField cell, CsvField? direction, char mark, StatementChain chain)
    {
        if (cell.Text.Length == 0) StatementRefused.Throw(FaultCodes.AmountMissing, cell.At, "There is no amount in this row.");
        var text = TakeSigns(cell, chain, out var minuses, out var word);
        if (direction is { } told) word = Word(told.Text) ?? Unknown(told);
        if (minuses + Math.Abs(word ?? 0) > 1)
            StatementRefused.Throw(FaultCodes.BadDirection, cell.At, "This amount carries more than one sign.");
        var amount = chain.Amount(text, new AmountStyle(mark, true), cell.At);
        return minuses == 1 || word == -1 ? -amount : amount;
    }

    /// <summary>Of a column that is debit or credit as a whole: no sign; empty is nothing.</summary>
    public static long Unsigned(CsvField cell, char mark, StatementChain chain)
    {
        if (cell.Text is "" or "-") return 0;
        var text = TakeSigns(cell, chain, out var minuses, out var word);
        if (minuses > 0 || word is not null)
            StatementRefused.Throw(FaultCodes.BadDirection, cell.At, "An amount in a debit or credit column carries no sign.");
        return chain.Amount(text, new AmountStyle(mark, true), cell.At);
    }

    private static string TakeSigns(CsvField cell, StatementChain chain, out int minuses, out int? word)
    {
        var text = TakeCurrency(cell.Text, chain.Currency.Code);
        var letters = text.Length - text.AsSpan().TrimEnd("ABCDEIKRTabcdeikrt").Length;
        word = letters > 0 ? Word(text[^letters..]) ?? Unknown(cell) : null;
        text = TakeCurrency(text[..^letters].Trim(), chain.Currency.Code);
        minuses = 0;
        if (text is ['(', .. var bracketed, ')']) (text, minuses) = (bracketed.Trim(), 1);
        if (text is ['-' or '\u2212', .. var behind]) (text, minuses) = (behind.Trim(), minuses + 1);
        else if (text is ['+', .. var plus]) text = plus.Trim();
        if (text is [.. var before, '-' or '\u2212']) (text, minuses) = (before.Trim(), minuses + 1);
        return TakeCurrency(text, chain.Currency.Code);
    }

    private static string TakeCurrency(string text, string code)
    {
        string[] names = code == "IDR" ? ["IDR", "Rp.", "Rp"] : [code];
        foreach (var name in names)
        {
            if (text.StartsWith(name, StringComparison.OrdinalIgnoreCase)) return text[name.Length..].Trim();
            if (text.EndsWith(name, StringComparison.OrdinalIgnoreCase)) return text[..^name.Length].Trim();
        }
        return text;
    }

    /// <summary>−1 for a word of debit, 1 for one of credit, null for any other.</summary>
    private static int? Word(string text)
    {
        var word = text.Trim().ToUpperInvariant();
        return DebitWords.Contains(word) ? -1 : CreditWords.Contains(word) ? 1 : null;
    }

    private static int? Unknown(CsvField cell)
    {
        StatementRefused.Throw(FaultCodes.BadDirection, cell.At, "This word is neither debit nor credit.");
        return null;
    }
}
