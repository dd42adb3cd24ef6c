using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Deposits;

/// <summary>One change of what is available in the deposit; <see cref="Reference"/> is the transfer, top-up or refund behind it.</summary>
public sealed record Movement(DateTimeOffset At, string Words, long Change, long AvailableAfter, Guid Reference, bool IsTopUp,
    bool IsRefund);

/// <summary>What waits for a person.</summary>
public sealed record Attention
{
    public long Unknown { get; init; }
    public long UnknownSum { get; init; }
    public long FailingDeliveries { get; init; }
    public long GivenUp { get; init; }
    public long OpenTopUps { get; init; }
}

/// <summary>The figures of Home and My deposit, read from the spines and the ledger.</summary>
public sealed class DepositReads(Database database, TimeProvider time)
{
    private const int MovementsMax = 50;
    private static readonly TimeSpan LockedHistory = TimeSpan.FromDays(7);

    /// <summary>Money out and in by local day, oldest first, today last.</summary>
    public async Task<IReadOnlyList<ChartPoint>> CashFlow(BookKey book, DisplayZone zone, int days)
    {
        var today = zone.Day(time.GetUtcNow());
        var first = today.AddDays(1 - days);
        // What completes within the period was created not long before it; that bound keeps this on the newest rows' index.
        var rows = await database.Query<DayRow>(book, """
            select to_char(completed_at at time zone @zone, 'YYYY-MM-DD') as day, sum(sent)::bigint as sent,
                sum(received)::bigint as received from (
                select completed_at, amount as sent, 0 as received from disbursements
                where workspace_id = @workspace and mode = @mode and currency = 'IDR' and state = 'succeeded'
                    and completed_at >= @from and created_at >= @from - interval '14 days'
                union all
                select completed_at, 0, received from collections
                where workspace_id = @workspace and mode = @mode and currency = 'IDR' and received is not null
                    and completed_at >= @from and created_at >= @from - interval '14 days') moved
            group by 1
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, zone = zone.Id, from = zone.Start(first) });
        var byDay = rows.ToDictionary(r => DateOnly.ParseExact(r.Day, "yyyy-MM-dd", CultureInfo.InvariantCulture));
        return [.. Enumerable.Range(0, days).Select(i => first.AddDays(i)).Select(d => byDay.TryGetValue(d, out var r)
            ? new ChartPoint(d, r.Sent, r.Received) : new ChartPoint(d, 0, 0))];
    }

    public async Task<Attention> Attention(BookKey book) => (await database.One<Attention>(book, """
        select
            (select count(*) from disbursements where workspace_id = @workspace and mode = @mode and state = 'unknown') as unknown,
            (select coalesce(sum(amount), 0)::bigint from disbursements where workspace_id = @workspace and mode = @mode
                and state = 'unknown') as unknown_sum,
            (select count(*) from deliveries where workspace_id = @workspace and mode = @mode and state = 'retrying'
                and created_at >= @recent) as failing_deliveries,
            (select count(*) from deliveries where workspace_id = @workspace and mode = @mode and state = 'exhausted'
                and created_at >= @recent) as given_up,
            (select count(*) from collections where workspace_id = @workspace and mode = @mode and kind = 'top_up'
                and state in ('waiting', 'confirmed_by_user')) as open_top_ups
        """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, recent = time.NowMicros() - LockedHistory }))!;

    /// <summary>The newest money transfers, whoever made them.</summary>
    public async Task<IReadOnlyList<Disbursement>> Recent(Actor actor, int limit) => await database.Read(actor.Book, $"""
        select {DisbursementTable.Columns} from disbursements d
        where d.workspace_id = @workspace and d.mode = @mode and d.kind = 'money_transfer' and (@all or d.created_at >= @recent)
        order by d.created_at desc, d.disbursement_id desc limit @limit
        """, new
    {
        workspace = actor.Book.Workspace.Value,
        mode = (short)actor.Book.Mode,
        all = actor.May(Permission.ViewAllHistory),
        recent = time.NowMicros() - LockedHistory,
        limit,
    }, DisbursementTable.ReadRow);

    /// <summary>
    /// The newest changes of the available deposit, each with what was available after it: counted back from now, in one snapshot. The
    /// booking of a hold changes nothing that is available and is left out.
    /// </summary>
    public async Task<IReadOnlyList<Movement>> Movements(Actor actor, int limit)
    {
        var rows = await database.Query<MovementRow>(actor.Book, """
            with deposit as (
                select account_id, credits_posted + credit_limit - debits_posted - debits_pending as available from accounts
                where workspace_id = @workspace and mode = @mode and code = 2)
            select t.booked_at, t.kind, t.amount, t.reference, other.code as other, t.debit_account = deposit.account_id as is_debit,
                deposit.available, exists (select from disbursements d where d.workspace_id = t.workspace_id and d.mode = t.mode
                    and d.disbursement_id = t.reference and d.kind = 'refund') as is_refund
            from deposit
            join ledger_transfers t on t.debit_account = deposit.account_id or t.credit_account = deposit.account_id
            join accounts other on other.workspace_id = t.workspace_id and other.mode = t.mode
                and other.account_id = case when t.debit_account = deposit.account_id then t.credit_account else t.debit_account end
            where t.workspace_id = @workspace and t.mode = @mode and t.kind in (1, 2, 4) and (@all or t.booked_at >= @recent)
            order by t.booked_at desc, t.transfer_id desc limit @limit
            """, new
        {
            workspace = actor.Book.Workspace.Value,
            mode = (short)actor.Book.Mode,
            limit = Math.Min(limit, MovementsMax),
            all = actor.May(Permission.ViewAllHistory),
            recent = time.NowMicros() - LockedHistory,
        });
        var movements = new List<Movement>(rows.Count);
        var available = rows.Count == 0 ? 0 : rows[0].Available;
        foreach (var row in rows)
        {
            var change = row.IsDebit == (row.Kind == 4) ? row.Amount : -row.Amount;
            movements.Add(new Movement(row.BookedAt, WordsOf(row), change, available, row.Reference, row.Other == 1,
                row.IsRefund));
            available -= change;
        }
        return movements;
    }

    private static string WordsOf(MovementRow row) => (row.Kind, row.Other, row.IsDebit) switch
    {
        (1, 5, _) when row.IsRefund => "Refund returned",
        (2, 5, _) when row.IsRefund => "Held for a refund",
        (4, 5, _) when row.IsRefund => "Refund not sent, released",
        (1, 1, false) => "Top-up received",
        (1, 5, false) => "Transfer returned",
        (1, 6, false) => "Fee returned",
        (2, 5, _) => "Held for a transfer",
        (2, 6, _) => "Held for a fee",
        (4, 5, _) => "Transfer not sent, released",
        (4, 6, _) => "Fee released",
        (_, _, true) => "Moved out",
        _ => "Moved in",
    };

    private sealed record DayRow
    {
        public required string Day { get; init; }
        public long Sent { get; init; }
        public long Received { get; init; }
    }

    private sealed record MovementRow
    {
        public DateTimeOffset BookedAt { get; init; }
        public short Kind { get; init; }
        public long Amount { get; init; }
        public Guid Reference { get; init; }
        public short Other { get; init; }
        public bool IsDebit { get; init; }
        public long Available { get; init; }
        public bool IsRefund { get; init; }
    }
}
