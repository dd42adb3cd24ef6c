namespace Bursar.Core.Statements;

/// <summary>Where the columns of a mapping stand in one file: its delimiter, its width and the place of each name.</summary>
internal sealed class CsvLayout(char delimiter, int? width, IReadOnlyDictionary<string, int> places)
{
    public char Delimiter => delimiter;

    /// <summary>Columns of each row, where a header tells.</summary>
    public int? Width => width;

    public int PlaceOf(string column) => places[column];

    public static CsvLayout ByNumber(CsvMapping mapping) =>
        new(mapping.Delimiter!.Value, null, mapping.Columns().Distinct().ToDictionary(c => c, CsvMapping.Number));

    /// <summary>Tries each delimiter on the header's line; exactly one must show every column that the mapping names.</summary>
    public static CsvLayout ByHeader(CsvMapping mapping, string header, Place at)
    {
        if (mapping.Delimiter is { } delimiter) return Fit(mapping, Fields(header, delimiter, at), delimiter, at);
        var fits = new List<CsvLayout>();
        StatementRefused? nearest = null;
        foreach (var candidate in CsvMapping.Delimiters.Where(d => header.Contains(d, StringComparison.Ordinal)))
            try
            {
                fits.Add(Fit(mapping, Fields(header, candidate, at), candidate, at));
            }
            catch (StatementRefused refused)
            {
                // A column that is there twice says more of the file than one that is missing under a wrong delimiter.
                if (nearest is null || refused.Fault.Code == FaultCodes.DuplicateHeader) nearest = refused;
            }
        if (fits.Count == 1) return fits[0];
        if (fits.Count > 1)
            StatementRefused.Throw(FaultCodes.DelimiterUnclear, at, "Two delimiters fit this header; name the one that is meant.");
        if (nearest is not null) throw nearest;
        return Fit(mapping, Fields(header, ',', at), ',', at);
    }

    private static List<CsvField> Fields(string header, char delimiter, Place at) =>
        new CsvRecords(new CharSource(new StringReader(header), at.Line), delimiter).Read() ?? [];

    private static CsvLayout Fit(CsvMapping mapping, List<CsvField> header, char delimiter, Place at)
    {
        var places = new Dictionary<string, int>();
        foreach (var column in mapping.Columns().Distinct())
        {
            var found = header.Index().Where(f => Same(f.Item.Text, column)).ToList();
            if (found.Count == 0) StatementRefused.Throw(FaultCodes.ColumnMissing, at, $"The header has no column {column}.");
            if (found.Count > 1) StatementRefused.Throw(FaultCodes.DuplicateHeader, found[1].Item.At, $"The header names {column} twice.");
            places[column] = found[0].Index;
        }
        return new CsvLayout(delimiter, header.Count, places);
    }

    private static bool Same(string written, string column) =>
        written.Trim().Equals(column.Trim(), StringComparison.OrdinalIgnoreCase);
}
