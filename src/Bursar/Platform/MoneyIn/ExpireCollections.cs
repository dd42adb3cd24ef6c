using Bursar.Core.Access;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.MoneyIn;

/// <summary>Ends collections that nobody paid in time.</summary>
public sealed class ExpireCollections(Database database, Posting posting, CollectionShapes shapes, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(5), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try { await Pass(); }
                catch (Npgsql.NpgsqlException e) { await Console.Error.WriteLineAsync($"bursar: expiring collections: {e.Message}"); }
            }
        }
        catch (OperationCanceledException) { /* stopping */ }
    }

    private async Task Pass()
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        var due = await connection.QueryAsync<(Guid Workspace, short Mode, Guid Id, string Kind)>("""
            select workspace_id, mode, collection_id, kind from collections
            where state in ('waiting', 'confirmed_by_user') and expires_at <= @now order by expires_at limit 200
            """, new { now = time.NowMicros() });
        await Task.WhenAll(due.Select(d => posting.Submit(new ChangeCollection<object>(
            Actor.System(new BookKey(new(d.Workspace), (Mode)d.Mode), "Bursar", RequestId.New(time.GetUtcNow())),
            Json.Parse<CollectionKind>(d.Kind), d.Id, new CollectionChange.Expire(), shapes))));
    }
}
