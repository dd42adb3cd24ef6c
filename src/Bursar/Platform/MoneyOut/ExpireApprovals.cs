using Bursar.Core.Access;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.MoneyOut;

/// <summary>Ends approvals whose time has run out; looked for every few seconds, decided by posting like everything else.</summary>
public sealed class ExpireApprovals(Database database, Posting posting, DisbursementShapes shapes, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try { await Pass(); }
                catch (Npgsql.NpgsqlException e) { await Console.Error.WriteLineAsync($"bursar: expiring approvals: {e.Message}"); }
            }
        }
        catch (OperationCanceledException) { /* stopping */ }
    }

    private async Task Pass()
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        var due = await connection.QueryAsync<(Guid Workspace, short Mode, Guid Id, Guid Subject)>("""
            select workspace_id, mode, approval_id, subject from approvals where state = 'pending' and expires_at <= @now order by expires_at limit 200
            """, new { now = time.NowMicros() });
        await Task.WhenAll(due.Select(d => posting.Submit(new ExpireApproval(
            Actor.System(new BookKey(new(d.Workspace), (Mode)d.Mode), "Bursar", RequestId.New(time.GetUtcNow())), new(d.Id), d.Subject, shapes))));
    }
}
