using Bursar.Core.Currencies;
using Bursar.Core.Text;

namespace Bursar.Core.Statements;

/// <summary>
/// The statements of one file as they come off a reader, proved: account, currency, opening and lines and closing of each, and each
/// beginning where the one before ended. Across all of them a file has a bounded number of lines.
/// </summary>
internal sealed class StatementChain(StatementSource source)
{
    private readonly List<Statement> done = [];
    private readonly HashSet<string> numbers = new(StringComparer.Ordinal);
    private readonly LineFingerprints fingerprints = new(source.Account);
    private List<StatementLine> lines = [];
    private int rows;

    public StatementSource Source => source;
    public Currency Currency => source.Currency;

    public void CheckAccount(string written, Place at)
    {
        if (!AccountNumber.Same(source.Account, written, Currency))
            StatementRefused.Throw(FaultCodes.WrongAccount, at, "This is the statement of another account.");
    }

    public void CheckCurrency(string? written, Place at)
    {
        if (written != Currency.Code)
            StatementRefused.Throw(FaultCodes.WrongCurrency, at, $"The account is kept in {Currency}, and this is another currency.");
    }

    /// <summary>An amount without its sign, in minor units.</summary>
    public long Amount(ReadOnlySpan<char> text, AmountStyle style, Place at)
    {
        var code = AmountText.Parse(text, Currency, style, out var minor);
        if (code is not null) StatementRefused.Throw(code, at, Said(code));
        return minor;
    }

    private Phrase Said(string code) => code switch
    {
        FaultCodes.AmountOutOfRange => $"An amount is at most {Money.Max} in minor units.",
        FaultCodes.AmountAmbiguous => "Comma and point in this amount do not go with the decimal mark that was chosen.",
        _ => $"This is not an amount in {Currency}.",
    };

    /// <summary>A booking of the statement that is being read. One of nothing moves nothing and is left out.</summary>
    public void Add(StatementLine line)
    {
        if (++rows > StatementLimits.Rows)
            StatementRefused.Throw(FaultCodes.TooManyRows, new(line.Row, 1), $"A statement file holds up to {StatementLimits.Rows} lines.");
        if (line.Amount != 0) lines.Add(line);
    }

    /// <summary>The lines so far, if the file lists the latest first.</summary>
    public void Reverse() => lines.Reverse();

    public IReadOnlyList<StatementLine> Lines => lines;

    /// <summary>Ends the statement. Its lines' fingerprints are given here, once their order is known.</summary>
    public void Close(long opening, long closing, (DateOnly From, DateOnly To) days, string? number, Place at)
    {
        Prove(opening, closing, at);
        Follow(opening, days, number, at);
        var marked = lines.ConvertAll(fingerprints.Mark);
        done.Add(new Statement(source.Account, Currency, opening, closing, days.From, days.To, marked)
        {
            Number = StatementText.CleanOrNull(number),
        });
        if (done.Count > StatementLimits.Statements)
            StatementRefused.Throw(FaultCodes.TooManyStatements, at, $"A file holds up to {StatementLimits.Statements} statements.");
        lines = [];
    }

    private void Prove(long opening, long closing, Place at)
    {
        var balance = opening;
        foreach (var line in lines)
        {
            balance += line.Amount;
            if (Math.Abs(balance) > Money.Max)
                StatementRefused.Throw(FaultCodes.AmountOutOfRange, new(line.Row, 1), Said(FaultCodes.AmountOutOfRange));
            if (line.Balance is { } stated && stated != balance)
                StatementRefused.Throw(FaultCodes.BalanceMismatch, new(line.Row, 1),
                    $"The balance after this line should be {balance} in minor units and is {stated}.");
        }
        if (balance != closing)
            StatementRefused.Throw(FaultCodes.BalanceMismatch, at,
                $"Opening balance and lines make {balance} in minor units, but the closing balance is {closing}.");
    }

    private void Follow(long opening, (DateOnly From, DateOnly To) days, string? number, Place at)
    {
        if (number is not null && !numbers.Add(number))
            StatementRefused.Throw(FaultCodes.StatementRepeated, at, "The file holds this statement twice.");
        if (done.Count > 0 && (done[^1].Closing != opening || done[^1].To > days.To))
            StatementRefused.Throw(FaultCodes.StatementGap, at,
                "This statement does not begin where the one before it ended; import them as files of their own.");
    }

    public IReadOnlyList<Statement> Finish()
    {
        if (done.Count == 0) StatementRefused.Throw(FaultCodes.FileEmpty, default, "There is no statement in this file.");
        if (source.Opening is { } opening && done[0].Opening != opening)
            StatementRefused.Throw(FaultCodes.BalanceMismatch, default,
                $"The opening balance was given as {opening} in minor units, but the file says {done[0].Opening}.");
        if (source.Closing is { } closing && done[^1].Closing != closing)
            StatementRefused.Throw(FaultCodes.BalanceMismatch, default,
                $"The closing balance was given as {closing} in minor units, but the file says {done[^1].Closing}.");
        return done;
    }
}
