using System.Diagnostics;
using System.Threading.Channels;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.Http;

/// <summary>A call of an API key as its log keeps it: the route's pattern, never its values, and no body.</summary>
public sealed record ApiRequest(
    RequestId Id, ApiKeyId KeyId, DateTimeOffset At, string Method, string Route, int Status, string? Code, double DurationMs,
    string Address);

/// <summary>
/// The newest 200 calls of each key (PRODUCT D8), of 30 days at most, and when and from where a key was last used.
/// A request only puts a small record into a
/// bounded queue; once a second the queue is written set-based. What a full queue drops, or a killed process had not written, is missing in
/// the log.
/// </summary>
public sealed class ApiLog(Database database, TimeProvider time) : BackgroundService
{
    private const int KeptPerKey = 200;
    private const int QueueMax = 8192;
    private static readonly TimeSpan WriteEvery = TimeSpan.FromSeconds(1);

    /// <summary>A key that falls silent leaves its last calls no longer than that.</summary>
    public static readonly Retention Kept = new(TimeSpan.FromDays(30), """
        delete from api_requests r using (
            select x.* from api_keys k cross join lateral (
                select a.workspace_id, a.mode, a.key_id, a.at, a.request_id from api_requests a
                where a.workspace_id = k.workspace_id and a.mode = k.mode and a.key_id = k.key_id and a.at < @before
                order by a.at limit @most) x
            limit @most) old
        where r.workspace_id = old.workspace_id and r.mode = old.mode and r.key_id = old.key_id and r.at = old.at
            and r.request_id = old.request_id
        """);

    private readonly Channel<(KeyIdentity Key, ApiRequest Request)> queue = Channel.CreateBounded<(KeyIdentity, ApiRequest)>(
        new BoundedChannelOptions(QueueMax) { SingleReader = true, FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Around everything else, so that the time is the caller's and the status the one that was sent.</summary>
    public void Use(IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        var began = Stopwatch.GetTimestamp();
        await next(http);
        Note(http, Stopwatch.GetElapsedTime(began));
    });

    private void Note(HttpContext http, TimeSpan duration)
    {
        if (!http.Items.TryGetValue(Callers.KeyItem, out var item) || item is not KeyIdentity key) return;
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "(no such route)";
        queue.Writer.TryWrite((key, new ApiRequest(RequestIds.Of(http), new(key.Id), time.NowMicros(), http.Request.Method, route,
            http.Response.StatusCode,
            http.Items[Problems.CodeItem] as string, duration.TotalMilliseconds, Callers.Peer(http))));
    }

    public async Task<Result<IReadOnlyList<ApiRequest>>> List(Actor actor, ApiKeyId? key, bool failedOnly, int limit)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        return await database.Read(actor.Book, """
            select request_id, key_id, at, method, route, status, code, duration_us, peer from api_requests
            where workspace_id = @workspace and mode = @mode and (@key::uuid is null or key_id = @key)
                and (not @failedOnly or status >= 400)
            order by at desc, request_id desc limit @limit
            """, new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode, key = key?.Value, failedOnly, limit },
            r => new ApiRequest(new(r.GetGuid(0)), new(r.GetGuid(1)), r.Time(2), r.GetString(3), r.GetString(4), r.GetInt32(5), r.Text(6),
                r.GetInt32(7) / 1000.0, r.GetString(8)));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await Wait(stoppingToken))
        {
            var gathered = new List<(KeyIdentity Key, ApiRequest Request)>();
            while (queue.Reader.TryRead(out var noted)) gathered.Add(noted);
            try
            {
                // A busy key's older calls of this second would be taken away again: they are not written at all.
                await Write([.. gathered.GroupBy(g => g.Key.Id).SelectMany(g => g.TakeLast(KeptPerKey))]);
            }
            catch (NpgsqlException e)
            {
                await Console.Error.WriteLineAsync($"bursar: API log: {e.Message}");
            }
        }
    }

    private async Task<bool> Wait(CancellationToken stopping)
    {
        try
        {
            await Task.Delay(WriteEvery, stopping);
            return await queue.Reader.WaitToReadAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            // What came in last is still written before the process ends.
            return queue.Reader.Count > 0;
        }
    }

    private async Task Write(IReadOnlyList<(KeyIdentity Key, ApiRequest Request)> rows)
    {
        var touched = rows.GroupBy(r => r.Key.Id).Select(g => g.Last()).ToList();
        // A key that was refused for its address was not used.
        var used = rows.Where(r => r.Request.Code != Errors.IpNotAllowed.Code).GroupBy(r => r.Key.Id).Select(g => g.Last()).ToList();
        await using var connection = await database.AtLeastOnce.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command("""
            insert into api_requests (workspace_id, mode, key_id, at, request_id, method, route, status, code, duration_us, peer)
            select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::timestamptz[], $5::uuid[], $6::text[], $7::text[], $8::int[],
                $9::text[],
                $10::int[], $11::text[])
            on conflict do nothing
            """,
            Sql.Array(rows, r => r.Key.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Key.Book.Mode), Sql.Array(rows, r => r.Key.Id),
            Sql.Array(rows, r => r.Request.At), Sql.Array(rows, r => r.Request.Id.Value), Sql.Array(rows, r => r.Request.Method),
            Sql.Array(rows, r => r.Request.Route), Sql.Array(rows, r => r.Request.Status), Sql.Array(rows, r => r.Request.Code),
            Sql.Array(rows, r => (int)Math.Min(r.Request.DurationMs * 1000, int.MaxValue)), Sql.Array(rows, r => r.Request.Address)));
        batch.BatchCommands.Add(Sql.Command($"""
            delete from api_requests r using unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, k) cross join lateral (
                select x.at from api_requests x where x.workspace_id = u.w and x.mode = u.m and x.key_id = u.k
                    order by x.at desc offset {KeptPerKey - 1} limit 1) edge
            where r.workspace_id = u.w and r.mode = u.m and r.key_id = u.k and r.at < edge.at
            """,
            Sql.Array(touched, r => r.Key.Book.Workspace.Value), Sql.Array(touched, r => (short)r.Key.Book.Mode),
            Sql.Array(touched, r => r.Key.Id)));
        batch.BatchCommands.Add(Sql.Command("""
            update api_keys k set last_used_at = u.t, last_used_from = u.p
            from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::timestamptz[], $5::text[]) u(w, m, k, t, p)
            where k.workspace_id = u.w and k.mode = u.m and k.key_id = u.k and (k.last_used_at is null or k.last_used_at < u.t)
            """,
            Sql.Array(used, r => r.Key.Book.Workspace.Value), Sql.Array(used, r => (short)r.Key.Book.Mode), Sql.Array(used, r => r.Key.Id),
            Sql.Array(used, r => r.Request.At), Sql.Array(used, r => r.Request.Address)));
        await batch.ExecuteNonQueryAsync();
    }
}
