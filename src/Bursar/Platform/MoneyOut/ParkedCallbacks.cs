using Bursar.Core.Rails;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.MoneyOut;

/// <summary>
/// Signed callbacks about orders that nobody knows here: a partner may tell of one before a restored database has caught up. Kept a day,
/// applied when the order appears.
/// </summary>
public static class ParkedCallbacks
{
    public static readonly Retention Kept = new(TimeSpan.FromDays(1), """
        delete from parked_callbacks where ctid in (select ctid from parked_callbacks where received_at < @before limit @most)
        """);

    public static async Task Park(Database database, string rail, Guid reference, RailAnswer answer, DateTimeOffset at)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            insert into parked_callbacks (rail, disbursement_id, verdict, answer, received_at)
            values (@rail, @reference, @verdict, @answer, @at) on conflict do nothing
            """, new { rail, reference, verdict = Json.Name(answer.Verdict), answer = Json.Write(answer), at });
    }
}

public sealed class ApplyParkedCallbacks(Database database, RailNews news, TimeProvider time)
    : PeriodicPass("applying parked callbacks", TimeSpan.FromSeconds(5), time)
{
    protected override async Task Pass(CancellationToken ct)
    {
        await using var connection = await database.Engine.OpenConnectionAsync(ct);
        var due = await connection.QueryAsync<(string Rail, Guid Reference, string Verdict, string Answer)>("""
            select p.rail, p.disbursement_id, p.verdict, p.answer from parked_callbacks p
            join rail_orders o on o.disbursement_id = p.disbursement_id and o.rail = p.rail
            order by p.received_at limit 200
            """);
        foreach (var (rail, reference, verdict, answer) in due)
            if ((await news.Tell(rail, reference, Json.Read<RailAnswer>(answer))).Ok)
                await connection.ExecuteAsync("""
                    delete from parked_callbacks where rail = @rail and disbursement_id = @reference and verdict = @verdict
                    """, new { rail, reference, verdict });
    }
}
