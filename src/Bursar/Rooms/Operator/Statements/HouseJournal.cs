using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Core.Text;
using Bursar.Platform.Data;
using Bursar.Platform.LedgerView;
using Bursar.Platform.MoneyIn;
using Bursar.Platform.Statements;

namespace Bursar.Rooms.Operator.Statements;

/// <summary>Something that was done, by whom and when, as it stands in the journal of the house.</summary>
public sealed record HouseFact(string Type, string By, DateTimeOffset At);

/// <summary>Why something was booked: the bank's line, all that was booked for it, and what was done with it, oldest first.</summary>
public sealed record HouseCause(LedgerEntry Entry, BankLine? Line, IReadOnlyList<LedgerEntry> Booked, IReadOnlyList<HouseFact> Facts);

/// <summary>The book of the house as its journal and ledger tell it; nothing here changes anything.</summary>
public sealed class HouseJournal(Database database, LedgerViewReads ledger, StatementReads statements, ReceivingAccounts accounts)
{
    private static readonly AccountCode[] Own =
    [
        AccountCode.Suspense, AccountCode.Customers, AccountCode.Returns, AccountCode.StatementClearing, AccountCode.PaidOut,
        AccountCode.BankCharges, AccountCode.OwnTransfers,
    ];

    /// <summary>The accounts of the mode's book, each bank account with the name that people know it by.</summary>
    public async Task<IReadOnlyDictionary<AccountCode, string?>> Accounts(Mode mode) => (await accounts.All())
        .Where(a => a.Mode == mode).Select(a => (AccountCodes.Bank(a.Number), (string?)$"{a.BankName} {a.Account}"))
        .Concat(Own.Select(code => (code, (string?)null))).ToDictionary();

    public Task<LedgerPage> Entries(Mode mode, LedgerQuery query) => ledger.Browse(House.Book(mode), query);

    /// <summary>One entry of the ledger with its cause, or null.</summary>
    public async Task<HouseCause?> Cause(Mode mode, LedgerTransferId id)
    {
        var args = new { house = House.Id.Value, mode = (short)mode, id = id.Value };
        var line = await database.One<Guid?>(House.Book(mode),
            "select reference from ledger_transfers where workspace_id = @house and mode = @mode and transfer_id = @id", args);
        if (line is not { } reference) return null;
        var booked = (await ledger.Browse(House.Book(mode), new LedgerQuery { Reference = reference, Limit = 200 })).Rows;
        if (booked.FirstOrDefault(e => e.Id == id) is not { } entry) return null;
        var bank = await statements.Line(mode, new StatementLineId(reference));
        var facts = await database.Read(House.Book(mode), """
            select type, actor_name, booked_at from journal
            where workspace_id = @house and mode = @mode and subject = any(@subjects) order by position
            """, new { args.house, args.mode, subjects = new[] { reference, bank?.Import ?? reference } },
            r => new HouseFact(r.GetString(0), r.GetString(1), r.Time(2)));
        return new HouseCause(entry, bank, [.. booked.Reverse()], facts);
    }
}
