using Bursar.Core.Access;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.Access;

/// <summary>
/// Wrong tries to sign in as somebody who exists, for the audit of their workspaces: gathered, and booked each second apart from the
/// answer, so that the time it takes tells nobody that the account exists. Bounded, and counted rather than repeated.
/// </summary>
public sealed class RefusedSignIns(Database database, Posting posting, TimeProvider time)
    : PeriodicPass("refused sign-ins", TimeSpan.FromSeconds(1), time)
{
    private const int KindsMax = 1000;
    private readonly Lock gate = new();
    private Dictionary<(Guid Person, string Peer), (Caller Last, int Times)> gathered = [];

    public void Notice(Guid person, Caller caller)
    {
        lock (gate)
        {
            var key = (person, caller.Peer);
            if (gathered.TryGetValue(key, out var known)) gathered[key] = (caller, known.Times + 1);
            else if (gathered.Count < KindsMax) gathered.Add(key, (caller, 1));
        }
    }

    protected override async Task Pass(CancellationToken ct)
    {
        Dictionary<(Guid Person, string Peer), (Caller Last, int Times)> taken;
        lock (gate) (taken, gathered) = (gathered, []);
        foreach (var ((person, _), (caller, times)) in taken)
            foreach (var actor in await Everywhere(database, person, caller))
                await posting.Submit(new RecordFact(actor, "member.sign_in_refused", actor.Principal, new { times }));
    }

    /// <summary>The person as a member of each of their workspaces, in the live book, which keeps what concerns people.</summary>
    public static async Task<IReadOnlyList<Actor>> Everywhere(Database database, Guid person, Caller caller)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        var rows = await connection.QueryAsync<(Guid Workspace, Guid Member, string Name)>("""
            select m.workspace_id, m.member_id, p.name from members m join persons p on p.person_id = m.person_id
            where m.person_id = @person and m.state = 'active' limit 100
            """, new { person });
        return [.. rows.Select(r => new Actor(new BookKey(new(r.Workspace), Mode.Live), PrincipalKind.Member, r.Member, r.Member, person,
            r.Name,
            Permission.None, caller.Peer, caller.Request))];
    }
}
