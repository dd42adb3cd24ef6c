using Bursar.Core.Results;
using Bursar.Core.Statements;

namespace Bursar.Core.Payments;

/// <summary>A batch as CSV: UTF-8, cells parted by commas or semicolons, quoted as RFC 4180 has it. The stream stays open.</summary>
public static class BatchCsv
{
    public static Result<IReadOnlyList<BatchRow>> Read(Stream content)
    {
        try
        {
            using var text = new StreamReader(
                content, StatementFiles.Utf8, detectEncodingFromByteOrderMarks: true, 16_384, leaveOpen: true);
            return Read(new CharSource(text));
        }
        catch (StatementRefused refused)
        {
            return BatchHeader.Refused(refused.Fault.Code, refused.Fault.Line, refused.Fault.Said);
        }
    }

    private static Result<IReadOnlyList<BatchRow>> Read(CharSource characters)
    {
        var first = characters.ReadLine(out var at) ?? "";
        var delimiter = first.Contains(';', StringComparison.Ordinal) ? ';' : ',';
        var names = new CsvRecords(new CharSource(new StringReader(first), at.Line), delimiter).Read() ?? [];
        var header = BatchHeader.Of(Texts(names), at.Line);
        if (!header.Ok) return header.Error;
        var records = new CsvRecords(characters, delimiter);
        var rows = new List<BatchRow>();
        while (records.Read() is { } record)
        {
            if (header.Value.Row(record[0].At.Line, Texts(record)) is not { } row) continue;
            if (rows.Count == BatchLimits.Rows) return BatchHeader.TooManyRows(row.Line);
            rows.Add(row);
        }
        return rows.Count > 0 ? rows : BatchHeader.Refused("file_empty", 0, "There are no rows below the header.");
    }

    private static List<string> Texts(List<CsvField> fields) => fields.ConvertAll(f => f.Text);
}
