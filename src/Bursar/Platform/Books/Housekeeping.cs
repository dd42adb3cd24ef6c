using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.Books;

/// <summary>Drops what has been kept long enough, a thousand rows a statement, so that nobody waits for it.</summary>
public sealed class Housekeeping(Database database, IEnumerable<Retention> retentions, TimeProvider time)
    : PeriodicPass("housekeeping", TimeSpan.FromMinutes(10), time)
{
    private const int AtOnce = 1000;

    protected override Task Pass(CancellationToken ct) => Drop(ct);

    public async Task Drop(CancellationToken ct)
    {
        foreach (var retention in retentions)
            while (await DropSome(retention, ct) == AtOnce) ct.ThrowIfCancellationRequested();
    }

    private async Task<int> DropSome(Retention retention, CancellationToken ct)
    {
        var now = Time.NowMicros();
        await using var connection = await database.Engine.OpenConnectionAsync(ct);
        return await connection.ExecuteAsync(new CommandDefinition(retention.Drop,
            new { now, before = now - retention.For, most = AtOnce }, cancellationToken: ct));
    }
}
