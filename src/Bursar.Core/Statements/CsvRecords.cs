using System.Text;

namespace Bursar.Core.Statements;

/// <summary>A field and where it begins.</summary>
internal readonly record struct CsvField(string Text, Place At);

/// <summary>
/// Rows of RFC 4180 with any delimiter: quoted fields may hold it, line ends, and quotes written twice. Blank lines are passed
/// over.
/// </summary>
internal sealed class CsvRecords(CharSource source, char delimiter)
{
    private readonly StringBuilder text = new();
    private int length;

    /// <summary>The next row, or null at the end of the file.</summary>
    public List<CsvField>? Read()
    {
        var fields = new List<CsvField>();
        while (true)
        {
            length = 0;
            fields.Clear();
            bool last, end;
            do
            {
                var field = ReadField(out last, out end);
                fields.Add(field);
                if (fields.Count > StatementLimits.Columns)
                    StatementRefused.Throw(FaultCodes.TooManyColumns, field.At, $"A row holds up to {StatementLimits.Columns} columns.");
            } while (!last);
            if (fields.Count > 1 || fields[0].Text.Length > 0) return fields;
            if (end) return null;
        }
    }

    private CsvField ReadField(out bool last, out bool end)
    {
        text.Clear();
        var next = Next();
        var start = source.At;
        if (next == '"') next = ReadQuoted(start);
        else
            for (; next != delimiter && next is not (CharSource.End or '\n'); next = Next())
            {
                if (next == '"')
                    StatementRefused.Throw(FaultCodes.BadQuote, source.At, "A quote stands inside a field that does not begin with one.");
                text.Append((char)next);
            }
        last = next != delimiter;
        end = next == CharSource.End;
        return new CsvField(text.ToString(), start);
    }

    /// <summary>Reads up to the closing quote and gives what follows it: the delimiter or an end.</summary>
    private int ReadQuoted(Place start)
    {
        while (true)
        {
            var next = Next();
            if (next == CharSource.End || length > StatementLimits.LineLength)
                StatementRefused.Throw(FaultCodes.UnclosedQuote, start, "A quote opens here and is not closed.");
            if (next != '"')
            {
                text.Append((char)next);
                continue;
            }
            next = Next();
            if (next == delimiter || next is CharSource.End or '\n') return next;
            if (next != '"') StatementRefused.Throw(FaultCodes.BadQuote, source.At, "After a closing quote the field ends.");
            text.Append('"');
        }
    }

    private int Next()
    {
        length++;
        return source.Next();
    }
}
