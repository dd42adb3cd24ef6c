using System.Globalization;
using Bursar.Core.Currencies;
using Bursar.Core.Signing;
using Bursar.Core.Text;

namespace Bursar.Core.Statements;

/// <summary>
/// What a bank says of one account: all amounts in minor units of <paramref name="Currency"/>, money in positive. Opening and all lines
/// make the closing, always: a file of which that is not true is refused. Lines are in the order they were booked.
/// </summary>
public sealed record Statement(
    string Account, Currency Currency, long Opening, long Closing, DateOnly From, DateOnly To, IReadOnlyList<StatementLine> Lines)
{
    /// <summary>The bank's number of the statement, where the format has one.</summary>
    public string? Number { get; init; }
}

/// <summary>
/// One booking. <paramref name="Row"/> is the line of the file it begins at (1 is the first), <paramref name="Amount"/> signed
/// minor units and never 0. Texts are one line each, without characters that cannot be seen, up to <see
/// cref="StatementLimits.TextLength"/> characters.
/// </summary>
public sealed record StatementLine(int Row, DateOnly BookedOn, long Amount, string Description)
{
    public DateOnly? ValueOn { get; init; }
    public string? Counterparty { get; init; }
    public string? CounterpartyAccount { get; init; }

    /// <summary>The bank's own reference of the booking, if it gives one.</summary>
    public string? BankReference { get; init; }

    /// <summary>
    /// What the payer named the payment: of a payment file of ours, its end-to-end id. Of money in it may be a stranger's word: beside
    /// the exact amount of a payment of ours it says that so much came back, and nothing more.
    /// </summary>
    public string? EndToEndId { get; init; }

    /// <summary>The balance after this line, where the file states it; proved already.</summary>
    public long? Balance { get; init; }

    /// <summary>What this line is known by in every file that holds it; see <see cref="LineFingerprints"/>.</summary>
    public string Fingerprint { get; init; } = "";
}

/// <summary>A whole file: SHA-256 of its bytes in lower-case hex, and its statements, each beginning where the one before ended.</summary>
public sealed record StatementFile(string Hash, IReadOnlyList<Statement> Statements)
{
    public IEnumerable<StatementLine> Lines => Statements.SelectMany(s => s.Lines);
}

/// <summary>
/// Why a file is refused, whole: a stable code of <see cref="FaultCodes"/> (docs/statements.md), and the line and the character in
/// it where it breaks, both from 1; 0 where the file as such is meant.
/// </summary>
public sealed record StatementFault(string Code, int Line, int Column, Phrase Said)
{
    public override string ToString() => $"{Code} at {Line}:{Column}: {Said}";
}

/// <summary>
/// Gives each line of a file what it is known by: account, day, amount, reference, description, and which one of the lines of that
/// day that are equal in all of these it is. So a line has one fingerprint in every file that holds its whole day, whatever was
/// imported before.
/// </summary>
public sealed class LineFingerprints(string account)
{
    private readonly string account = AccountNumber.Plain(account);
    private readonly Dictionary<string, int> seen = new(StringComparer.Ordinal);

    public StatementLine Mark(StatementLine line)
    {
        var same = ContentHash.Of(
            ("account", account), ("day", line.BookedOn.ToString("O", CultureInfo.InvariantCulture)), ("amount", Number(line.Amount)),
            ("reference", line.BankReference ?? line.EndToEndId), ("description", line.Description));
        var number = seen.GetValueOrDefault(same) + 1;
        seen[same] = number;
        return line with { Fingerprint = ContentHash.Of(("line", same), ("number", Number(number))) };
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}
