using Bursar.Core.Access;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.MoneyIn;

/// <summary>Ends collections that nobody paid in time.</summary>
public sealed class ExpireCollections(Database database, Posting posting, CollectionShapes shapes, TimeProvider time)
    : PeriodicPass("expiring collections", TimeSpan.FromSeconds(5), time)
{
    protected override async Task Pass(CancellationToken ct)
    {
        await using var connection = await database.Engine.OpenConnectionAsync(ct);
        var due = await connection.QueryAsync<(Guid Workspace, short Mode, Guid Id, string Kind)>("""
            select workspace_id, mode, collection_id, kind from collections
            where state in ('waiting', 'confirmed_by_user') and expires_at <= @now order by expires_at limit 200
            """, new { now = Time.NowMicros() });
        await Task.WhenAll(due.Select(d => posting.Submit(new ChangeCollection<object>(
            Actor.System(new BookKey(new(d.Workspace), (Mode)d.Mode), "Bursar", RequestId.New(Time.GetUtcNow())),
            Json.Parse<CollectionKind>(d.Kind), d.Id, new CollectionChange.Expire(), shapes))));
    }
}
