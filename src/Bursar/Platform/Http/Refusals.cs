using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;

namespace Bursar.Platform.Http;

/// <summary>
/// Refused tries of people and keys that are known, for the journal: gathered, and appended twice a second. The same try again within
/// that time is counted, not repeated, and what does not fit is counted too, so that a flood of refusals cannot flood the book.
/// </summary>
public sealed class Refusals(AuditTrail audit, TimeProvider time)
    : PeriodicPass("keeping refused tries", TimeSpan.FromMilliseconds(500), time)
{
    private const int KindsMax = 1000;
    private const string ActorItem = "bursar.actor";
    private readonly Lock gate = new();
    private Dictionary<(BookKey, Guid Credential, string Route, string Code), Tries> gathered = [];
    private long left;

    /// <summary>Remembers who is asking, for the case that the answer is no.</summary>
    public static void Remember(HttpContext http, Actor actor) => http.Items[ActorItem] = actor;

    /// <summary>Called once a request has its answer.</summary>
    public void Notice(HttpContext http)
    {
        if (http.Items[ActorItem] is not Actor actor
            || http.Items[Frame.ErrorItem] is not Error { Code.Status: 403 } error) return;
        var route = $"{http.Request.Method} {(http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? ""}";
        var key = (actor.Book, actor.Credential, route, error.Code.Code);
        lock (gate)
        {
            if (gathered.TryGetValue(key, out var known)) known.Times++;
            else if (gathered.Count >= KindsMax) left++;
            else gathered.Add(key, new Tries(actor, http.Request.Method, Cut(http.Request.Path), error));
        }
    }

    protected override Task Pass(CancellationToken ct) => Flush();

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await Flush();
    }

    private async Task Flush()
    {
        List<Tries> taken;
        long lost;
        lock (gate)
        {
            (taken, lost) = ([.. gathered.Values], left);
            (gathered, left) = ([], 0);
        }
        if (lost > 0) await Console.Error.WriteLineAsync($"bursar: {lost} refused tries were of too many kinds at once to keep");
        await Task.WhenAll(taken.Select(t => audit.Record(t.Actor, "access.refused", t.Actor.Principal, new
        {
            t.Method,
            t.Path,
            t.Error.Code.Code,
            missingPermission = t.Error.Extra.GetValueOrDefault("missingPermission"),
            t.Times,
        })));
    }

    private static string Cut(PathString path) => path.Value is { Length: > 200 } text ? text[..200] : path.Value ?? "";

    private sealed class Tries(Actor actor, string method, string path, Error error)
    {
        public long Times { get; set; } = 1;
        public Actor Actor => actor;
        public string Method => method;
        public string Path => path;
        public Error Error => error;
    }
}
