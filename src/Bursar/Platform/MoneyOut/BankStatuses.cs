using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.MoneyOut;

/// <summary>How the banks are, for pages and lists, and how that changes in live mode, for every book at once (decision 40).</summary>
public sealed class BankStatuses(Database database, Wakeup wakeup, TimeProvider time)
{
    private static readonly string[] Kinds = [.. Enum.GetValues<DisbursementKind>().Select(k => Json.Name(k))];
    private static readonly string[] OnTheirWay =
        [Json.Name(DisbursementState.Approved), Json.Name(DisbursementState.Executing), Json.Name(DisbursementState.Unknown)];

    /// <summary>Banks that are or were not operational, by code; for all others nothing was ever said.</summary>
    public async Task<IReadOnlyDictionary<string, BankStatus>> Of(BookKey book)
    {
        var rows = await database.Read(book,
            $"with u as (select @workspace as w, @mode as m, b from unnest(@banks) b) {BankStatusTable.Rows}",
            new { workspace = book.Workspace.Value, mode = (short)book.Mode, banks = Banks.All.Select(b => b.Code).ToArray() },
            r => (Bank: r.GetString(2), Status: BankStatusTable.ReadRow(r)));
        return rows.ToDictionary(r => r.Bank, r => r.Status);
    }

    /// <summary>How many disbursements of the book wait to be sent to each bank or for its answer.</summary>
    public async Task<IReadOnlyDictionary<string, long>> Queues(BookKey book) =>
        (await database.Query<(string Bank, long Waiting)>(book, """
            select bank_code, count(*) from disbursements
            where workspace_id = @workspace and mode = @mode and kind = any(@Kinds) and state = any(@OnTheirWay) and bank_code is not null
            group by bank_code
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, Kinds, OnTheirWay }))
        .ToDictionary(r => r.Bank, r => r.Waiting);

    /// <summary>The live banks as the operator sees them: the newest change of each that ever changed.</summary>
    public async Task<IReadOnlyDictionary<string, (BankStatus Status, string By)>> Live()
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        var rows = await connection.QueryAsync<(string Bank, string Status, string? Message, DateTimeOffset At, long Id, string By)>("""
            select distinct on (bank_code) bank_code, status, message, changed_at, change_id, changed_by
            from bank_status_changes order by bank_code, change_id desc
            """);
        return rows.ToDictionary(r => r.Bank,
            r => (new BankStatus(Json.Parse<BankCondition>(r.Status), r.Message, r.At, r.Id, r.Id), r.By));
    }

    /// <summary>Says how a bank is in live mode from now on; the books hear of it in their own time, and obey at once.</summary>
    public async Task ChangeLive(Bank bank, BankCondition condition, string? message, string by, Guid person)
    {
        await using (var connection = await database.Desk.OpenConnectionAsync())
            await connection.ExecuteAsync("""
                insert into bank_status_changes (bank_code, status, message, changed_at, changed_by, person_id)
                values (@Code, @status, @message, @now, @by, @person)
                """, new { bank.Code, status = Json.Name(condition), message, now = time.NowMicros(), by, person });
        if (condition != BankCondition.HeavilyDisturbed) await LetGo(bank.Code, null);
    }

    /// <summary>
    /// What waited for this bank is tried again now and not in its own time; <paramref name="book"/>: a test book's, else live ones.
    /// </summary>
    public async Task LetGo(string bank, BookKey? book)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            update outbox o set due = @now from disbursements d
            where o.consumer = @consumer and o.mode = @mode and (@workspace::uuid is null or o.workspace_id = @workspace)
                and d.workspace_id = o.workspace_id and d.mode = o.mode and d.disbursement_id = o.subject
                and d.state = 'approved' and d.bank_code = @bank
            """, new
        {
            now = time.NowMicros(),
            consumer = DisbursementConsumer.Id,
            mode = (short)(book?.Mode ?? Mode.Live),
            workspace = book?.Workspace.Value,
            bank,
        });
        wakeup.Signal();
    }
}
