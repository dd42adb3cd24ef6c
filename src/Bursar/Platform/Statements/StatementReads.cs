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
public sealed record AccountProof(ReceivingAccount Account, DateOnly? Day, long Ledger, long? Closing, IReadOnlyList<OpenItem> Items)
{
    public long Difference => (Closing ?? Ledger) - Ledger;
    public bool Holds => Difference == Items.Sum(i => i.Amount);
}

/// <summary>Lines of one state against the ledger account that holds their money.</summary>
public sealed record StateProof(BankLineState State, long Count, long Lines, long Ledger);

/// <summary>What the operator sees of the house book; nothing here changes anything.</summary>
public sealed class StatementReads(Database database)
{
    private const int PageSize = 50;
    private const int ImportsMax = 50;

    public async Task<IReadOnlyList<StatementImport>> Imports(Mode mode) => await database.Read(House.Book(mode), $"""
        select {StatementImportTable.Columns} from statement_imports where workspace_id = @house and mode = @mode
        order by imported_at desc, import_id desc limit @ImportsMax
        """, new { house = House.Id.Value, mode = (short)mode, ImportsMax }, StatementImportTable.ReadRow);

    /// <summary>Lines of a state, newest day first.</summary>
    public async Task<LinePage> Lines(Mode mode, BankLineState state, string? after)
    {
        var from = Cursor.Parse(after);
        var rows = await database.Read(House.Book(mode), $"""
            select {BankLineTable.Columns} from statement_lines l
            where l.workspace_id = @house and l.mode = @mode and l.state = @state
                and (@day::date is null or (l.booked_on, l.line_id) < (@day::date, @line))
            order by l.booked_on desc, l.line_id desc limit @most
            """, new
        {
            house = House.Id.Value,
            mode = (short)mode,
            state = Json.Name(state),
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

    /// <summary>The money of each state by its lines and by the ledger, now.</summary>
    public async Task<IReadOnlyList<StateProof>> States(Mode mode) => await database.Read(House.Book(mode), """
        select s.state, count(l.line_id), coalesce(sum(abs(l.amount)), 0)::bigint, coalesce((
            select abs(a.credits_posted - a.debits_posted) - case when s.state = 'suspense' then a.debits_pending else 0 end
            from accounts a where a.workspace_id = @house and a.mode = @mode and a.code = s.code), 0)::bigint
        from unnest(@states::text[], @codes::smallint[]) with ordinality s(state, code, place)
        left join statement_lines l on l.workspace_id = @house and l.mode = @mode and l.state = s.state
        group by s.state, s.code, s.place order by s.place
        """, new
    {
        house = House.Id.Value,
        mode = (short)mode,
        states = Kept.Select(k => Json.Name(k.State)).ToArray(),
        codes = Kept.Select(k => (short)k.Code).ToArray(),
    }, r => new StateProof(Json.Parse<BankLineState>(r.GetString(0)), r.GetInt64(1), r.GetInt64(2), r.GetInt64(3)));

    private static readonly (BankLineState State, AccountCode Code)[] Kept =
    [
        (BankLineState.Suspense, AccountCode.Suspense), (BankLineState.Matched, AccountCode.Customers),
        (BankLineState.ToReturn, AccountCode.Returns), (BankLineState.Out, AccountCode.StatementClearing),
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
        var last = days.LastOrDefault();
        return new AccountProof(account, last?.Day, ledger ?? 0, last?.Closing, items);
    }

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
