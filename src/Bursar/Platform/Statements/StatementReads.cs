using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyIn;

namespace Bursar.Platform.Statements;

public sealed record LinePage(IReadOnlyList<BankLine> Lines, string? Next);

/// <summary>Something that parts what the bank says from what the ledger says: a balance that no imported line explains.</summary>
public sealed record OpenItem(DateOnly Day, long Amount, bool IsFirst);

/// <summary>
/// One bank account at the end of a day. The ledger and the open items make the bank's closing, or the books are broken;
/// <see cref="Closing"/> is null while no statement reaches back so far.
/// </summary>
public sealed record AccountProof(
    ReceivingAccount Account, BankDay? Last, long Ledger, DayMoney Moved, DayMoney Unexplained, IReadOnlyList<OpenItem> Items)
{
    public DateOnly? Day => Last?.Day;
    public long? Closing => Last?.Closing;
    /// <summary>What the bank held before the day; a day without a line begins as the one before it ended.</summary>
    public long? Opening(DateOnly day) => Last?.Day == day ? Last.Opening : Last?.Closing;
    public long Difference => (Closing ?? Ledger) - Ledger;
    public bool Holds => Difference == Items.Sum(i => i.Amount);
}

/// <summary>Lines with their sums; both amounts are positive.</summary>
public sealed record DayMoney(long Count, long In, long Out);

/// <summary>
/// The lines whose money an account of the house holds against what the ledger says of it; amounts as the bank sees them, out negative.
/// </summary>
public sealed record StateProof(AccountCode Account, IReadOnlyList<(BankLineState State, long Count)> ByState, long Lines, long Ledger)
{
    public long Count => ByState.Sum(s => s.Count);
}

/// <summary>What the operator sees of the house book; nothing here changes anything.</summary>
public sealed class StatementReads(Database database)
{
    private const int PageSize = 50;
    private const int ImportsMax = 50;
    private const int OtherEndDays = 3, OtherEndsMax = 5;

    public async Task<IReadOnlyList<StatementImport>> Imports(Mode mode) => await database.Read(House.Book(mode), $"""
        select {StatementImportTable.Columns} from statement_imports where workspace_id = @house and mode = @mode
        order by imported_at desc, import_id desc limit @ImportsMax
        """, new { house = House.Id.Value, mode = (short)mode, ImportsMax }, StatementImportTable.ReadRow);

    /// <summary>Lines of a state, of one account or all, newest day first.</summary>
    public async Task<LinePage> Lines(Mode mode, BankLineState state, string? account, string? after)
    {
        var from = Cursor.Parse(after);
        var rows = await database.Read(House.Book(mode), $"""
            select {BankLineTable.Columns} from statement_lines l
            where l.workspace_id = @house and l.mode = @mode and l.state = @state
                and (@account::text is null or l.account = @account)
                and (@day::date is null or (l.booked_on, l.line_id) < (@day::date, @line))
            order by l.booked_on desc, l.line_id desc limit @most
            """, new
        {
            house = House.Id.Value,
            mode = (short)mode,
            state = Json.Name(state),
            account,
            day = from is null ? null : Text(DateOnly.FromDateTime(from.At.UtcDateTime)),
            line = from?.Id,
            most = PageSize + 1,
        }, BankLineTable.ReadRow);
        if (rows.Count <= PageSize) return new LinePage(rows, null);
        rows.RemoveAt(PageSize);
        var last = rows[^1];
        return new LinePage(rows, new Cursor(new DateTimeOffset(last.BookedOn, TimeOnly.MinValue, TimeSpan.Zero), last.Id).ToString());
    }

    public async Task<BankLine?> Line(Mode mode, StatementLineId id) => (await database.Read(House.Book(mode), $"""
        select {BankLineTable.Columns} from statement_lines l where l.workspace_id = @house and l.mode = @mode and l.line_id = @id
        """, new { house = House.Id.Value, mode = (short)mode, id = id.Value }, BankLineTable.ReadRow)).FirstOrDefault();

    /// <summary>What may be the other end of a transfer between own accounts: as much the other way at another, days apart.</summary>
    public async Task<IReadOnlyList<BankLine>> OtherEnds(Mode mode, BankLine line) => await database.Read(House.Book(mode), $"""
        select {BankLineTable.Columns} from statement_lines l
        where l.workspace_id = @house and l.mode = @mode and l.account <> @account and l.amount = -@amount
            and l.state in ('suspense', 'out', 'own_transfer') and l.booked_on between @first::date and @last::date
        order by abs(l.booked_on - @day::date), l.line_id limit @OtherEndsMax
        """, new
    {
        house = House.Id.Value,
        mode = (short)mode,
        line.Account,
        line.Amount,
        day = Text(line.BookedOn),
        first = Text(line.BookedOn.AddDays(-OtherEndDays)),
        last = Text(line.BookedOn.AddDays(OtherEndDays)),
        OtherEndsMax,
    }, BankLineTable.ReadRow);

    /// <summary>How many lines of each state there are.</summary>
    public async Task<IReadOnlyDictionary<BankLineState, long>> Counts(Mode mode) =>
        (await States(mode)).SelectMany(s => s.ByState).ToDictionary();

    /// <summary>The money of the lines by their states and by the ledger, in one look. What is held already counts where it goes.</summary>
    public async Task<IReadOnlyList<StateProof>> States(Mode mode)
    {
        var rows = await database.Read(House.Book(mode), """
            select l.state, null::smallint, count(*), sum(l.amount)::bigint from statement_lines l
            where l.workspace_id = @house and l.mode = @mode group by l.state
            union all
            select null, a.code, 0, a.credits_posted - a.debits_posted + case a.code
                when @suspense then -a.debits_pending when @clearing then a.credits_pending else 0 end
            from accounts a where a.workspace_id = @house and a.mode = @mode
            """, new
        {
            house = House.Id.Value,
            mode = (short)mode,
            suspense = (short)AccountCode.Suspense,
            clearing = (short)AccountCode.StatementClearing,
        }, r => (State: r.Text(0), Code: r.IsDBNull(1) ? default : (AccountCode)r.GetInt16(1), Count: r.GetInt64(2), Sum: r.GetInt64(3)));
        var ledger = rows.Where(r => r.State is null).ToDictionary(r => r.Code, r => r.Sum);
        var lines = rows.Where(r => r.State is not null).ToDictionary(r => Json.Parse<BankLineState>(r.State!), r => (r.Count, r.Sum));
        return
        [
            .. Kept.Select(k => new StateProof(k.Code, [.. k.States.Select(s => (s, lines.GetValueOrDefault(s).Count))],
                k.States.Sum(s => lines.GetValueOrDefault(s).Sum), ledger.GetValueOrDefault(k.Code))),
        ];
    }

    private static readonly (AccountCode Code, BankLineState[] States)[] Kept =
    [
        .. Enum.GetValues<BankLineState>().Where(s => s != BankLineState.Matching).GroupBy(HouseAccounts.Of)
            .Select(g => (g.Key, g.ToArray())),
    ];

    /// <summary>A bank account at the end of a day: what the ledger holds of it, what the bank said, and all that lies between.</summary>
    public async Task<AccountProof> Proof(ReceivingAccount account, DateOnly day)
    {
        var args = new
        {
            house = House.Id.Value,
            mode = (short)account.Mode,
            account = account.Account,
            code = (short)AccountCodes.Bank(account.Number),
            day = Text(day),
        };
        var book = House.Book(account.Mode);
        // The account as it stands, less what was booked for lines of later days: few, where the day is a recent one.
        var ledger = await database.One<long?>(book, """
            select (a.debits_posted - a.credits_posted - coalesce((
                select sum(case when t.debit_account = a.account_id then t.amount else -t.amount end) from statement_lines l
                join ledger_transfers t on t.workspace_id = l.workspace_id and t.mode = l.mode and t.reference = l.line_id
                    and a.account_id in (t.debit_account, t.credit_account)
                where l.workspace_id = @house and l.mode = @mode and l.account = @account and l.booked_on > @day::date), 0))::bigint
            from accounts a where a.workspace_id = @house and a.mode = @mode and a.code = @code
            """, args);
        var days = await database.Read(book, """
            select day, opening, closing, lines from statement_days
            where workspace_id = @house and mode = @mode and account = @account and day <= @day::date order by day
            """, args, r => new BankDay(r.GetFieldValue<DateOnly>(0), r.GetInt64(1), r.GetInt64(2), r.GetInt32(3)));
        var items = new List<OpenItem>();
        foreach (var (place, known) in days.Index())
        {
            var jump = known.Opening - (place == 0 ? 0 : days[place - 1].Closing);
            if (jump != 0) items.Add(new OpenItem(known.Day, jump, place == 0));
        }
        var sums = await database.One<Sums>(book, """
            select d.*, u.* from (
                select count(*) as moved, coalesce(sum(amount) filter (where amount > 0), 0)::bigint as moved_in,
                    coalesce(-sum(amount) filter (where amount < 0), 0)::bigint as moved_out
                from statement_lines
                where workspace_id = @house and mode = @mode and account = @account and booked_on = @day::date) d, (
                select count(*) as unexplained, coalesce(sum(amount) filter (where amount > 0), 0)::bigint as unexplained_in,
                    coalesce(-sum(amount) filter (where amount < 0), 0)::bigint as unexplained_out
                from statement_lines where workspace_id = @house and mode = @mode and account = @account and booked_on <= @day::date
                    and state in ('suspense', 'out')) u
            """, args);
        return new AccountProof(account, days.LastOrDefault(), ledger ?? 0,
            new DayMoney(sums!.Moved, sums.MovedIn, sums.MovedOut),
            new DayMoney(sums.Unexplained, sums.UnexplainedIn, sums.UnexplainedOut), items);
    }

    private sealed record Sums
    {
        public long Moved { get; init; }
        public long MovedIn { get; init; }
        public long MovedOut { get; init; }
        public long Unexplained { get; init; }
        public long UnexplainedIn { get; init; }
        public long UnexplainedOut { get; init; }
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
