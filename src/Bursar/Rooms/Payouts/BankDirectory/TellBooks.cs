using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Dapper;

namespace Bursar.Rooms.Payouts.BankDirectory;

/// <summary>
/// Tells the live books whose endpoints hear of banks that one changed: each once, a few at a time, under its own lock. Only what is
/// a day old at most, and nothing that was there before the endpoint (decision 40).
/// </summary>
public sealed class TellBooks(Database database, Posting posting, BankStatuses statuses, TimeProvider time)
    : PeriodicPass("telling of banks", TimeSpan.FromSeconds(2), time)
{
    private const int AtOnce = 100;
    private static readonly TimeSpan News = TimeSpan.FromDays(1);
    private static readonly string[] Names = [BankResource.StatusChanged, "bank.*"];

    protected override async Task Pass(CancellationToken ct)
    {
        for (var told = AtOnce; told == AtOnce;)
        {
            ct.ThrowIfCancellationRequested();
            var due = await Untold(ct);
            told = (await Task.WhenAll(due.Select(d => Tell(new BookKey(new(d.Workspace), Mode.Live), d.Bank)))).Count(ok => ok);
        }
    }

    private async Task<IReadOnlyList<(Guid Workspace, string Bank)>> Untold(CancellationToken ct)
    {
        await using var connection = await database.Engine.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<(Guid Workspace, string Bank)>("""
            select e.workspace_id, c.bank_code
            from (select distinct on (bank_code) bank_code, change_id, changed_at from bank_status_changes
                where changed_at > @since order by bank_code, change_id desc) c
            cross join lateral (select distinct workspace_id from webhook_endpoints
                where mode = @live and state in ('active', 'paused') and of_key is null and created_at <= c.changed_at
                    and (events = '{}' or events && @Names)) e
            left join bank_statuses s on s.workspace_id = e.workspace_id and s.mode = @live and s.bank_code = c.bank_code
            where coalesce(s.version, 0) < c.change_id
            limit @AtOnce
            """, new { since = Time.NowMicros() - News, live = (short)Mode.Live, Names, AtOnce })).AsList();
    }

    private async Task<bool> Tell(BookKey book, string code)
    {
        if (Banks.Find(code) is not { } bank) return false;
        var waiting = (await statuses.Queues(book)).GetValueOrDefault(code);
        return (await posting.Submit(new Command(Actor.System(book, "Bursar", RequestId.New(Time.GetUtcNow())), bank, waiting))).Ok;
    }

    private sealed class Command(Actor actor, Bank bank, long waiting) : Command<BankResource>(actor)
    {
        public override void Plan(Reads reads) => reads.WantBank(this, bank.Code);

        public override Result<BankResource> Decide(OpenBook book)
        {
            if (book.Find(BankStatusTable.Instance, bank.Code) is not { } now) return Errors.Missing();
            return now.Told >= now.Version ? BankResource.Of(bank, now, waiting)
                : book.TellOfBank(bank, now with { Told = now.Version }, waiting);
        }
    }
}
