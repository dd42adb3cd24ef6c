using Bursar.Core.Results;
using Bursar.Core.Text;

namespace Bursar.Core.Payments;

/// <summary>
/// One transfer of a batch as it was written, blanks around each cell left out. <paramref name="Line"/>: where it begins in its file,
/// from 1; the header has the first.
/// </summary>
public sealed record BatchRow(
    int Line, string Amount, string BankCode, string AccountNumber, string Remark, string Reference, string RecipientEmails)
{
    /// <summary>What the file itself shows to be wrong with the row.</summary>
    public IReadOnlyList<RowFault> Faults { get; init; } = [];
}

/// <summary>What is wrong with a row; <paramref name="Column"/> by its header, null where the row as such is meant.</summary>
public sealed record RowFault(string? Column, string Code, Phrase Said);

/// <summary>Bounds of a batch file; what is beyond them is refused while it is read.</summary>
public static class BatchLimits
{
    public const int Rows = 20_000;
    public const int Columns = 20;
    public const int FileBytes = 10 * 1024 * 1024;
    /// <summary>Characters of one cell.</summary>
    public const int Cell = 1_000;
}

/// <summary>
/// Where the columns of a batch stand in one file. Their order is free; one that is not known is refused, not passed over.
/// </summary>
public sealed class BatchHeader
{
    public static readonly IReadOnlyList<string> Columns =
        ["amount", "bankCode", "accountNumber", "remark", "reference", "recipientEmails"];
    private const int Required = 3;

    private readonly int width;
    private readonly int[] places;

    private BatchHeader(int width, int[] places) => (this.width, this.places) = (width, places);

    public static Result<BatchHeader> Of(IReadOnlyList<string> cells, int line)
    {
        var given = cells.Select(c => c.Trim()).ToList();
        while (given.Count > 0 && given[^1].Length == 0) given.RemoveAt(given.Count - 1);
        if (given.Count == 0) return Refused("file_empty", line, "There is no header row.");
        foreach (var name in given)
        {
            if (!Columns.Contains(name, StringComparer.OrdinalIgnoreCase))
                return Refused("column_unknown", line, $"There is no column {name}. The columns are {string.Join(", ", Columns)}.");
            if (given.Count(n => n.Equals(name, StringComparison.OrdinalIgnoreCase)) > 1)
                return Refused("duplicate_header", line, $"The header names {name} twice.");
        }
        var places = Columns.Select(c => given.FindIndex(n => n.Equals(c, StringComparison.OrdinalIgnoreCase))).ToArray();
        for (var i = 0; i < Required; i++)
            if (places[i] < 0) return Refused("column_missing", line, $"The header has no column {Columns[i]}.");
        return new BatchHeader(given.Count, places);
    }

    /// <summary>Which of <see cref="Columns"/> stands at this place of a row, or null.</summary>
    public string? ColumnAt(int place) => Array.IndexOf(places, place) is var column and >= 0 ? Columns[column] : null;

    /// <summary>A row; null when nothing is written in it.</summary>
    public BatchRow? Row(int line, IReadOnlyList<string> cells, IReadOnlyList<RowFault>? faults = null)
    {
        if (cells.All(string.IsNullOrWhiteSpace) && faults is null or []) return null;
        var found = new List<RowFault>(faults ?? []);
        if (cells.Skip(width).Any(c => !string.IsNullOrWhiteSpace(c)))
            found.Add(new(null, "column_count", $"This row has more cells than the header's {width}."));
        if (cells.Any(c => c.Length > BatchLimits.Cell))
            found.Add(new(null, "cell_too_long", $"A cell holds up to {BatchLimits.Cell} characters."));
        return new BatchRow(line, Cell(0), Cell(1), Cell(2), Cell(3), Cell(4), Cell(5)) { Faults = found };

        string Cell(int column)
        {
            var text = places[column] is var place and >= 0 && place < cells.Count ? cells[place].Trim() : "";
            return text.Length <= BatchLimits.Cell ? text : text[..BatchLimits.Cell];
        }
    }

    /// <summary>Why a file is no batch, with the line that shows it.</summary>
    public static Error Refused(string code, int line, Phrase said) =>
        Errors.Field("/file", code, line > 0 ? $"Line {line}: {said}" : said);

    public static Error TooManyRows(int line) => Refused("too_many_rows", line, $"A batch has up to {BatchLimits.Rows} rows.");
}
