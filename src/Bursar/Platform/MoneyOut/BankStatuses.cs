using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.MoneyOut;

/// <summary>How the banks are, for pages and lists, and what waits for them.</summary>
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

    /// <summary>
    /// What waited for this bank is tried again now and not in its own time; <paramref name="book"/>: a test book's, else live ones.
    /// </summary>
    public async Task LetGo(string bank, BookKey? book)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            update outbox o set due = @now from disbursements d
            where o.consumer = any(@consumers) and o.mode = @mode and (@workspace::uuid is null or o.workspace_id = @workspace)
                and d.workspace_id = o.workspace_id and d.mode = o.mode and d.disbursement_id = o.subject
                and d.state = 'approved' and d.bank_code = @bank
            """, new
        {
            now = time.NowMicros(),
            consumers = new[] { DisbursementConsumer.OfProgram, DisbursementConsumer.OfOperator },
            mode = (short)(book?.Mode ?? Mode.Live),
            workspace = book?.Workspace.Value,
            bank,
        });
        wakeup.Signal();
    }
}
