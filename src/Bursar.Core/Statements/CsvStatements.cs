namespace Bursar.Core.Statements;

/// <summary>
/// One statement from rows of a bank's own making. Its opening balance is what the balance column says before the first row; without that
/// column, what the source says.
/// </summary>
internal sealed class CsvStatements(CharSource characters, StatementChain chain)
{
    private readonly CsvMapping mapping = Usable(chain.Source.Mapping);

    public void Read()
    {
        var layout = ReadLayout();
        var records = new CsvRecords(characters, layout.Delimiter);
        // Rows at the end that are no bookings are known only once the end is there.
        var held = new Queue<List<CsvField>>();
        while (records.Read() is { } row)
        {
            held.Enqueue(row);
            if (held.Count > mapping.SkipLastRows) Add(new CsvRow(held.Dequeue(), layout, mapping, chain));
        }
        if (mapping.NewestFirst) chain.Reverse();
        Close();
    }

    private static CsvMapping Usable(CsvMapping? mapping)
    {
        if (mapping is null) StatementRefused.Throw(FaultCodes.MappingInvalid, default, "A CSV file needs a mapping of its columns.");
        if (mapping.Problem() is { } problem) StatementRefused.Throw(FaultCodes.MappingInvalid, default, problem);
        return mapping;
    }

    private CsvLayout ReadLayout()
    {
        for (var i = 0; i < mapping.SkipLines; i++) characters.ReadLine(out _);
        if (!mapping.HasHeader) return CsvLayout.ByNumber(mapping);
        var header = characters.ReadLine(out var at);
        if (string.IsNullOrWhiteSpace(header))
            StatementRefused.Throw(FaultCodes.FileEmpty, at, "There is no header where the mapping expects it.");
        return CsvLayout.ByHeader(mapping, header, at);
    }

    private void Add(CsvRow row)
    {
        row.CheckOwner();
        chain.Add(new StatementLine(row.Line, row.Date(mapping.Date), row.Amount(), StatementText.Clean(row.Text(mapping.Description)))
        {
            ValueOn = row.Cell(mapping.ValueDate) is { Text.Length: > 0 } ? row.Date(mapping.ValueDate!) : null,
            BankReference = StatementText.CleanOrNull(row.Cell(mapping.Reference)?.Text),
            Counterparty = StatementText.CleanOrNull(row.Cell(mapping.Counterparty)?.Text),
            CounterpartyAccount = StatementText.CleanOrNull(row.Cell(mapping.CounterpartyAccount)?.Text),
            Balance = row.Balance(),
        });
    }

    private void Close()
    {
        var lines = chain.Lines;
        var at = lines.Count > 0 ? new Place(lines.Max(l => l.Row), 1) : default;
        var opening = lines.Count > 0 ? lines[0].Balance - lines[0].Amount : null;
        var closing = lines.Count > 0 ? lines[^1].Balance : null;
        if ((opening ?? chain.Source.Opening) is not { } first || (closing ?? chain.Source.Closing) is not { } last)
        {
            StatementRefused.Throw(FaultCodes.BalanceMissing, at,
                "Without a balance column, the opening and closing balance must be given.");
            return;
        }
        var days = lines.Count > 0 ? (lines.Min(l => l.BookedOn), lines.Max(l => l.BookedOn)) : default;
        chain.Close(first, last, days, null, at);
    }
}
