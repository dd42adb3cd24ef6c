using Bursar.Core.Text;

namespace Bursar.Core.Statements;

/// <summary>
/// How one bank writes its rows: columns by their header's name (or, of a file without a header, by their number from 1), and what
/// cannot be told from the rows and is never guessed: the order of day and month and the decimal mark. Either <see cref="Amount"/>
/// or <see cref="Debit"/> and <see cref="Credit"/> are named.
/// </summary>
public sealed record CsvMapping
{
    public required string Date { get; init; }

    /// <summary>One of <see cref="DateFormats"/>.</summary>
    public required string DateFormat { get; init; }

    /// <summary>Comma or point.</summary>
    public required char DecimalMark { get; init; }

    /// <summary>Signed by "-", "(…)" or a word of direction before or after; or unsigned with a <see cref="Direction"/>.</summary>
    public string? Amount { get; init; }
    public string? Debit { get; init; }
    public string? Credit { get; init; }

    /// <summary>D, DB, DR, DEBIT, DEBET or C, CR, K, KR, CREDIT, KREDIT.</summary>
    public string? Direction { get; init; }
    public string? Balance { get; init; }
    public string? ValueDate { get; init; }
    public string? Currency { get; init; }
    public string? Account { get; init; }
    public string? Reference { get; init; }
    public string? Counterparty { get; init; }
    public string? CounterpartyAccount { get; init; }

    /// <summary>Joined by a blank, in this order.</summary>
    public IReadOnlyList<string> Description { get; init; } = [];

    /// <summary>Found by the header if null: the one of , ; tab | under which all named columns are there.</summary>
    public char? Delimiter { get; init; }
    public bool HasHeader { get; init; } = true;

    /// <summary>Lines before the header, and rows after the last booking, that are not read.</summary>
    public int SkipLines { get; init; }
    public int SkipLastRows { get; init; }
    public bool NewestFirst { get; init; }

    public static readonly IReadOnlyList<char> Delimiters = [',', ';', '\t', '|'];

    public static readonly IReadOnlyList<string> DateFormats =
    [
        "yyyy-MM-dd", "yyyy/MM/dd", "yyyyMMdd", "dd/MM/yyyy", "MM/dd/yyyy", "d/M/yyyy", "M/d/yyyy", "dd-MM-yyyy", "MM-dd-yyyy",
        "dd.MM.yyyy", "dd/MM/yy", "MM/dd/yy", "dd-MM-yy", "dd.MM.yy", "dd MMM yyyy", "dd-MMM-yyyy", "dd-MMM-yy",
        "yyyy-MM-dd HH:mm:ss", "dd/MM/yyyy HH:mm:ss", "MM/dd/yyyy HH:mm:ss", "dd/MM/yyyy HH:mm", "dd-MM-yyyy HH:mm:ss",
    ];

    /// <summary>Why no file can be read by this mapping, or null. Asked when it is saved, and again when it is used.</summary>
    public Phrase? Problem()
    {
        if (!DateFormats.Contains(DateFormat)) return $"Dates cannot be read as {DateFormat}.";
        if (DecimalMark is not (',' or '.')) return "The decimal mark is a comma or a point.";
        if (Delimiter is { } delimiter && !Delimiters.Contains(delimiter))
            return "Columns are parted by a comma, a semicolon, a tab or a bar.";
        if ((Amount is null) == (Debit is null && Credit is null) || (Debit is null) != (Credit is null))
            return "Name the amount's column, or those of debit and credit.";
        if (Direction is not null && Amount is null) return "A column for the direction goes with one amount column.";
        if (SkipLines is < 0 or > 100 || SkipLastRows is < 0 or > 100) return "Up to 100 lines can be left out before and after.";
        if (Columns().Any(c => string.IsNullOrWhiteSpace(c) || c.Length > 100)) return "A column's name has 1 to 100 characters.";
        if (Columns().Count() > 32) return "Up to 32 columns can be named.";
        if (!HasHeader && (Delimiter is null || Columns().Any(c => Number(c) < 0)))
            return "Without a header, columns are given by their number and the delimiter is named.";
        return null;
    }

    /// <summary>Every column that is named.</summary>
    internal IEnumerable<string> Columns() => new[]
    {
        Date, Amount, Debit, Credit, Direction, Balance, ValueDate, Currency, Account, Reference, Counterparty, CounterpartyAccount,
    }.OfType<string>().Concat(Description);

    /// <summary>The place from 0 that a number from 1 means, or −1.</summary>
    internal static int Number(string column) =>
        int.TryParse(column, System.Globalization.NumberStyles.None, null, out var number) && number is >= 1 and <= StatementLimits.Columns
            ? number - 1 : -1;
}
