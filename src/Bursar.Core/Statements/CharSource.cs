using System.Text;

namespace Bursar.Core.Statements;

/// <summary>
/// The characters of a text file with their places. Lines end with LF or CRLF, and both are given as LF; a CR alone, a control
/// character, bytes that are no text in the file's encoding and a line that is too long are refused where they stand.
/// </summary>
internal sealed class CharSource(TextReader text, int firstLine = 1)
{
    public const int End = -1;

    /// <summary>What a decoder puts for bytes it cannot read; no file holds it, as U+FFFD may be.</summary>
    public const char Undecoded = '\uFFFF';

    private readonly char[] buffer = new char[8_192];
    private readonly StringBuilder line = new();
    private int at;
    private int filled;
    private bool newLine;

    /// <summary>Where the character that <see cref="Next"/> gave last stands.</summary>
    public Place At { get; private set; } = new(firstLine, 0);

    public int Next()
    {
        if (!Fill()) return End;
        var read = buffer[at++];
        At = newLine ? new Place(At.Line + 1, 1) : At with { Column = At.Column + 1 };
        newLine = false;
        if (read == '\r' && Fill() && buffer[at] == '\n') read = buffer[at++];
        if (read == '\n') newLine = true;
        else Check(read);
        return read;
    }

    /// <summary>The next line without its end, or null at the end of the file, and the place of its first character.</summary>
    public string? ReadLine(out Place start)
    {
        line.Clear();
        var next = Next();
        start = At with { Column = 1 };
        if (next == End) return null;
        for (; next is not (End or '\n'); next = Next()) line.Append((char)next);
        return line.ToString();
    }

    private bool Fill()
    {
        if (at < filled) return true;
        (at, filled) = (0, text.Read(buffer));
        return filled > 0;
    }

    private void Check(char character)
    {
        if (At.Column > StatementLimits.LineLength)
            StatementRefused.Throw(FaultCodes.LineTooLong, At, $"A line holds up to {StatementLimits.LineLength} characters.");
        if (character == '\r')
            StatementRefused.Throw(FaultCodes.BadCharacter, At, "A carriage return stands alone; lines end with LF or CRLF.");
        if (character == Undecoded)
            StatementRefused.Throw(FaultCodes.BadEncoding, At, "These bytes are no text in the encoding that was chosen.");
        if (character is < ' ' and not '\t' or '\u007F')
            StatementRefused.Throw(FaultCodes.BadCharacter, At, $"The control character U+{(int)character:X4} has no place here.");
    }
}
