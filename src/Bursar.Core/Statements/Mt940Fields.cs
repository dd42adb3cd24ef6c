using System.Buffers;

namespace Bursar.Core.Statements;

/// <summary>A field of a message: its tag without colons, and its text with a place for each line.</summary>
internal sealed record Mt940Field(string Tag, Place At, List<string> Lines)
{
    /// <summary>Where the first character after the tag stands.</summary>
    public Place TextAt => At with { Column = Tag.Length + 3 };
}

/// <summary>
/// Splits a file into fields: ":tag:" at the beginning of a line, and the lines after it up to the next. Envelope blocks
/// ("{1:…}{2:…}{4:", "-}") and a few lines of a bank's own before the first field are passed over; a "-" alone ends a message and
/// is given as the tag "-".
/// </summary>
internal sealed class Mt940Fields(CharSource source)
{
    private static readonly SearchValues<char> TagCharacters = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    private const int LinesBefore = 5;

    private string? line;
    private Place at;
    private int before;

    public Mt940Field? Read()
    {
        if (line is null && !NextLine()) return null;
        while (TagOf(line!) is null)
        {
            // Between messages: an envelope, a blank or a bank's own header. Anything longer is no statement.
            if (!line!.StartsWith('{') && line.Length > 0 && ++before > LinesBefore)
                StatementRefused.Throw(FaultCodes.BadStructure, at, "No field begins here; a statement begins with :20:.");
            if (!NextLine()) return null;
        }
        var tag = TagOf(line!)!;
        var field = new Mt940Field(tag, at, [tag == "-" ? "" : line![(tag.Length + 2)..]]);
        before = 0;
        while (NextLine() && tag != "-" && TagOf(line!) is null)
        {
            if (field.Lines.Count == StatementLimits.FieldLines)
                StatementRefused.Throw(FaultCodes.BadStructure, at, $"A field spans up to {StatementLimits.FieldLines} lines.");
            field.Lines.Add(line!);
        }
        return field;
    }

    private bool NextLine()
    {
        line = source.ReadLine(out at);
        return line is not null;
    }

    private static string? TagOf(string line)
    {
        if (line is "-" || line.StartsWith("-}", StringComparison.Ordinal)) return "-";
        if (line is not [':', ..]) return null;
        var end = line.IndexOf(':', 1);
        var named = end is 3 or 4 && !line.AsSpan(1, end - 1).ContainsAnyExcept(TagCharacters);
        return named && (char.IsAsciiDigit(line[1]) && char.IsAsciiDigit(line[2]) || line[1..end] == "NS") ? line[1..end] : null;
    }
}
