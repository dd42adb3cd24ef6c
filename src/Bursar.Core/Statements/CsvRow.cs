using System.Globalization;

namespace Bursar.Core.Statements;

/// <summary>One row, read by the mapping.</summary>
internal sealed class CsvRow
{
    private readonly List<CsvField> fields;
    private readonly CsvLayout layout;
    private readonly CsvMapping mapping;
    private readonly StatementChain chain;

    public CsvRow(List<CsvField> fields, CsvLayout layout, CsvMapping mapping, StatementChain chain)
    {
        (this.fields, this.layout, this.mapping, this.chain) = (fields, layout, mapping, chain);
        var wanted = layout.Width ?? mapping.Columns().Max(layout.PlaceOf) + 1;
        // A delimiter at the end of each row, as some banks write it, is one empty field more.
        var tooMany = layout.Width is not null && fields.Count > wanted && fields[wanted..].Exists(f => f.Text.Length > 0);
        if (fields.Count < wanted || tooMany)
            StatementRefused.Throw(FaultCodes.ColumnCount, fields[0].At, $"This row has {fields.Count} columns and not {wanted}.");
    }

    public int Line => fields[0].At.Line;

    /// <summary>The named field without blanks around it; null if the mapping names none.</summary>
    public CsvField? Cell(string? column)
    {
        if (column is null) return null;
        var field = fields[layout.PlaceOf(column)];
        return field with { Text = field.Text.Trim() };
    }

    public string Text(IReadOnlyList<string> columns) => string.Join(' ', columns.Select(c => Cell(c)!.Value.Text));

    public void CheckOwner()
    {
        if (Cell(mapping.Account) is { } account) chain.CheckAccount(account.Text, account.At);
        if (Cell(mapping.Currency) is { } currency) chain.CheckCurrency(currency.Text.ToUpperInvariant(), currency.At);
    }

    public DateOnly Date(string column)
    {
        var cell = Cell(column)!.Value;
        var read = DateTime.TryParseExact(
            cell.Text, mapping.DateFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var date);
        if (!read || date.Year is < 2000 or > 2100)
            StatementRefused.Throw(FaultCodes.BadDate, cell.At, $"This is not a day written as {mapping.DateFormat}.");
        return DateOnly.FromDateTime(date);
    }

    public long? Balance() =>
        Cell(mapping.Balance) is { } cell ? CsvAmount.Signed(cell, null, mapping.DecimalMark, chain) : null;

    public long Amount()
    {
        if (Cell(mapping.Amount) is { } amount) return CsvAmount.Signed(amount, Cell(mapping.Direction), mapping.DecimalMark, chain);
        var (debit, credit) = (Cell(mapping.Debit)!.Value, Cell(mapping.Credit)!.Value);
        if (debit.Text.Length + credit.Text.Length == 0)
            StatementRefused.Throw(FaultCodes.AmountMissing, debit.At, "This row has neither a debit nor a credit.");
        var taken = CsvAmount.Unsigned(debit, mapping.DecimalMark, chain);
        var given = CsvAmount.Unsigned(credit, mapping.DecimalMark, chain);
        if (taken != 0 && given != 0) StatementRefused.Throw(FaultCodes.TwoAmounts, credit.At, "This row has a debit and a credit.");
        return given - taken;
    }
}
