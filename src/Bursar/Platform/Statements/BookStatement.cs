using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Core.Results;
using Bursar.Core.Statements;
using Bursar.Platform.Books;
using Bursar.Platform.Ledger;
using Bursar.Platform.MoneyIn;

namespace Bursar.Platform.Statements;

/// <summary>A file that was read, of one receiving account.</summary>
public sealed record ReadStatement(ReceivingAccount Account, StatementFile File, string FileName, StatementFormat Format)
{
    /// <summary>Top-ups that lines of the file may pay.</summary>
    public required IReadOnlyList<Candidate> Candidates { get; init; }
}

/// <summary>What a file brought. Lines that were there already count in <see cref="Lines"/> only.</summary>
public sealed record StatementImported(
    StatementImportId Id, string Account, int Lines, int NewLines, int Matched, int Suspense, int MoneyOut, long? Closing);

/// <summary>
/// Books a whole file in one commit: each new line with its posting, or nothing at all (decision 47). What a file says of a day must agree
/// with what is known of it: one of the two may know more lines, never others.
/// </summary>
public sealed class BookStatement(Actor actor, ReadStatement statement) : Command<StatementImported>(actor)
{
    private readonly string account = statement.Account.Account;
    private readonly AccountCode bank = AccountCodes.Bank(statement.Account.Number);
    private readonly List<StatementLine> lines = [.. statement.File.Lines];

    public override void Plan(Reads reads)
    {
        reads.WantAccounts(this, bank, AccountCode.Suspense, AccountCode.Customers, AccountCode.StatementClearing);
        foreach (var line in lines) reads.Of(KnownLineTable.Instance).Want(Book, (account, line.Fingerprint));
        foreach (var (day, _) in Days()) reads.Of(BankDayTable.Instance).Want(Book, (account, day.Day));
    }

    public override Result<StatementImported> Decide(OpenBook book)
    {
        var fresh = lines.Where(l => book.Find(KnownLineTable.Instance, (account, l.Fingerprint)) is null).ToList();
        if (KeepDays(book, [.. fresh.Select(l => l.Fingerprint)]) is { } differs) return differs;
        var payers = LinePayers.Of(fresh, statement.Candidates);
        var import = StatementImportId.New(book.At);
        foreach (var line in fresh) Enter(book, line, import.Value, payers.GetValueOrDefault(line));
        var moneyOut = fresh.Count(l => l.Amount < 0);
        var imported = new StatementImported(import, account, lines.Count, fresh.Count, payers.Count,
            fresh.Count - moneyOut - payers.Count, moneyOut, statement.File.Statements[^1].Closing);
        book.Insert(StatementImportTable.Instance, import.Value, new StatementImport(
            import, account, statement.FileName, statement.File.Hash, Data.Json.Name(statement.Format),
            lines.Count == 0 ? null : lines.Min(l => l.BookedOn), lines.Count == 0 ? null : lines.Max(l => l.BookedOn),
            lines.Count, fresh.Count, payers.Count, Actor.Name, book.At));
        book.Record("statement.imported", import.Value, 1, imported);
        return imported;
    }

    private void Enter(OpenBook book, StatementLine line, Guid import, Candidate? payer)
    {
        var id = StatementLineId.New(book.At).Value;
        LedgerTransferId? hold = null;
        if (line.Amount < 0) Invariant.Hold(book.Move(AccountCode.StatementClearing, bank, -line.Amount, id).Ok);
        else
        {
            Invariant.Hold(book.Move(bank, AccountCode.Suspense, line.Amount, id).Ok);
            if (payer is not null) hold = book.Hold(AccountCode.Suspense, AccountCode.Customers, line.Amount, id).Value;
        }
        book.Insert(KnownLineTable.Instance, (account, line.Fingerprint), new KnownLine(id));
        book.Insert(BankLineTable.Instance, id, new BankLine
        {
            Id = id,
            Account = account,
            Fingerprint = line.Fingerprint,
            BookedOn = line.BookedOn,
            Amount = line.Amount,
            Description = line.Description,
            Counterparty = line.Counterparty,
            CounterpartyAccount = line.CounterpartyAccount,
            BankReference = line.BankReference,
            EndToEndId = line.EndToEndId,
            Import = import,
            Row = line.Row,
            State = line.Amount < 0 ? BankLineState.Out : payer is null ? BankLineState.Suspense : BankLineState.Matching,
            Version = 1,
            OwnerWorkspace = payer?.Workspace.Value,
            Collection = payer?.Collection,
            Hold = hold?.Value,
            ChangedAt = book.At,
        });
    }

    private Error? KeepDays(OpenBook book, HashSet<string> fresh)
    {
        foreach (var (day, of) in Days())
        {
            var key = (account, day.Day);
            if (book.Find(BankDayTable.Instance, key) is not { } known)
            {
                book.Insert(BankDayTable.Instance, key, day);
                continue;
            }
            var shared = of.Count(l => !fresh.Contains(l.Fingerprint));
            if (shared == day.Lines && day.Lines < known.Lines) continue;
            if (shared < known.Lines) return Differs(day.Day, of.First(l => fresh.Contains(l.Fingerprint)).Row);
            if (day.Opening != known.Opening || (day.Lines == known.Lines && day.Closing != known.Closing))
                return Differs(day.Day, of.Count == 0 ? 0 : of[0].Row);
            if (day.Lines > known.Lines) book.Update(BankDayTable.Instance, key, day);
        }
        return null;
    }

    /// <summary>Each day of the file that has lines, and the days its statements end on, with what the account held around them.</summary>
    private IEnumerable<(BankDay Day, List<StatementLine> Lines)> Days()
    {
        var balance = statement.File.Statements[0].Opening;
        var byDay = lines.GroupBy(l => l.BookedOn).ToDictionary(g => g.Key, g => g.ToList());
        foreach (var end in statement.File.Statements.Where(s => s.To != default)) byDay.TryAdd(end.To, []);
        foreach (var (day, of) in byDay.OrderBy(d => d.Key))
        {
            var opening = balance;
            balance += of.Sum(l => l.Amount);
            yield return (new BankDay(day, opening, balance, of.Count), of);
        }
    }

    private static Error Differs(DateOnly day, int row) => ImportStatement.Refused(FaultCodes.LinesDiffer, row, 1,
        $"What this file says of {day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)} differs from what was imported before.");
}
