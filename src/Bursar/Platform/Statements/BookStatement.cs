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
    /// <summary>Payments that lines of the file name.</summary>
    public required IReadOnlyList<PaymentCandidate> Payments { get; init; }
}

/// <summary>
/// What a file brought: its lines, the new ones of them, and of those the ones that are tied to a top-up or payment, that wait in suspense,
/// and that are money out which waits to be explained.
/// </summary>
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
        reads.WantAccounts(this, bank, AccountCode.Suspense, AccountCode.Customers, AccountCode.StatementClearing, AccountCode.PaidOut);
        foreach (var line in lines) reads.Of(KnownLineTable.Instance).Want(Book, (account, line.Fingerprint));
        foreach (var (day, _) in Days().Take(1)) reads.Of(BankDayTable.Instance).Want(Book, (account, day.Day));
        foreach (var payment in statement.Payments)
        {
            reads.Of(ProofTable.Instance).Want(Book, (payment.Disbursement, true));
            reads.Of(ProofTable.Instance).Want(Book, (payment.Disbursement, false));
        }
    }

    public override Result<StatementImported> Decide(OpenBook book)
    {
        var fresh = lines.Where(l => book.Find(KnownLineTable.Instance, (account, l.Fingerprint)) is null).ToList();
        if (KeepDays(book, [.. fresh.Select(l => l.Fingerprint)]) is { } differs) return differs;
        var payments = Proofs(book, fresh);
        var payers = LinePayers.Of([.. fresh.Where(l => !payments.ContainsKey(l))], statement.Candidates);
        var import = StatementImportId.New(book.At);
        foreach (var line in fresh) Enter(book, line, import.Value, payers.GetValueOrDefault(line), payments.GetValueOrDefault(line));
        var matched = payers.Count + payments.Count;
        var moneyOut = fresh.Count(l => l.Amount < 0 && !payments.ContainsKey(l));
        var imported = new StatementImported(import, account, lines.Count, fresh.Count, matched, fresh.Count - moneyOut - matched, moneyOut,
            statement.File.Statements[^1].Closing);
        book.Insert(StatementImportTable.Instance, import.Value, new StatementImport(
            import, account, statement.FileName, statement.File.Hash, Data.Json.Name(statement.Format),
            lines.Count == 0 ? null : lines.Min(l => l.BookedOn), lines.Count == 0 ? null : lines.Max(l => l.BookedOn),
            lines.Count, fresh.Count, matched, Actor.Name, book.At));
        book.Record("statement.imported", import.Value, 1, imported);
        return imported;
    }

    /// <summary>Payments that lines name and that no earlier line has proved, or given back.</summary>
    private Dictionary<StatementLine, PaymentCandidate> Proofs(OpenBook book, List<StatementLine> fresh)
    {
        var known = statement.Payments.ToDictionary(p => p.Payment.Id);
        var proofs = new Dictionary<StatementLine, PaymentCandidate>(ReferenceEqualityComparer.Instance);
        foreach (var (line, payment) in PaymentMatching.Of(fresh, [.. known.Values.Select(p => p.Payment)]))
            if (book.Find(ProofTable.Instance, (known[payment.Id].Disbursement, line.Amount < 0)) is null)
                proofs.Add(line, known[payment.Id]);
        return proofs;
    }

    private void Enter(OpenBook book, StatementLine line, Guid import, Candidate? payer, PaymentCandidate? payment)
    {
        var id = StatementLineId.New(book.At).Value;
        var (debit, credit) = line.Amount < 0 ? (AccountCode.StatementClearing, bank) : (bank, AccountCode.Suspense);
        Invariant.Hold(book.Move(debit, credit, Math.Abs(line.Amount), id).Ok);
        book.Insert(KnownLineTable.Instance, (account, line.Fingerprint), new KnownLine(id));
        var entered = new BankLine
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
            State = line.Amount < 0 ? BankLineState.Out : BankLineState.Suspense,
            Version = 1,
            ChangedAt = book.At,
        };
        book.Insert(BankLineTable.Instance, id, payment is not null ? entered.TiedTo(book, payment.Workspace, null, payment.Disbursement)
            : payer is not null ? entered.TiedTo(book, payer.Workspace, payer.Collection, null) : entered);
    }

    /// <summary>
    /// What the file says of known days. A day may have gained lines, and where it did the balances after it are others: the file itself
    /// proves those of its days, and no known day may be left behind with the old one (decision 60).
    /// </summary>
    private Error? KeepDays(OpenBook book, HashSet<string> fresh)
    {
        var known = book.All(BankDayTable.Instance).Where(d => d.Key.Account == account).ToDictionary(d => d.Key.Day, d => d.Row);
        var (older, between, closing) = (false, 0L, 0L);
        DateOnly? before = null, gained = null, changed = null, last = null;
        foreach (var (day, of) in Days())
        {
            (last, closing) = (day.Day, day.Closing);
            var shared = of.Count(l => !fresh.Contains(l.Fingerprint));
            if (shared < day.Lines) gained ??= day.Day;
            if (!known.Remove(day.Day, out var was))
            {
                book.Insert(BankDayTable.Instance, (account, day.Day), day);
                between += day.Closing - day.Opening;
                continue;
            }
            if (shared == day.Lines && day.Lines < was.Lines)
            {
                (older, before) = (true, day.Day);
                continue;
            }
            if (shared < was.Lines) return Differs(day.Day, of.First(l => fresh.Contains(l.Fingerprint)).Row);
            var moved = day.Opening - was.Opening;
            var skipped = known.Keys.Any(k => k < day.Day && (before is null || k > before));
            if (moved != 0 && (older || skipped || (before is null && moved != between)))
                return Differs(day.Day, of.Count == 0 ? 0 : of[0].Row);
            if (day != was)
            {
                book.Update(BankDayTable.Instance, (account, day.Day), day);
                changed ??= gained ?? day.Day;
            }
            before = day.Day;
        }
        var left = known.Keys.Where(k => k > last).Order().ToList();
        if (changed is not { } gainer || left.Count == 0 || known[left[0]].Opening == closing) return null;
        return ImportStatement.Refused(FaultCodes.LinesDiffer, 0, 0,
            $"The bank added to {Text(gainer)}, and later days are known. Import one statement of all days from it to {Text(left[^1])}.");
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
        $"What this file says of {Text(day)} differs from what was imported before. Booked lines stay: a statement must hold them all.");

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
