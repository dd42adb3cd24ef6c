using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Rooms.Spending.Agents;

/// <summary>An agent of a book: seen first when it first asked, frozen while <see cref="FrozenAt"/> is set.</summary>
public sealed record Agent(string Id, DateTimeOffset FirstSeenAt, DateTimeOffset? FrozenAt, string? FrozenBy);

/// <summary>Agents by their id; the empty id stands for all of the book.</summary>
public sealed class AgentTable : BookTable<string, Agent>
{
    public static readonly AgentTable Instance = new();
    public const string All = "";

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, string Key)> wanted) => Sql.Command("""
        select a.workspace_id, a.mode, a.agent_id, a.first_seen_at, a.frozen_at, a.frozen_by
        from unnest($1::uuid[], $2::smallint[], $3::text[]) u(w, m, i)
        join agents a on a.workspace_id = u.w and a.mode = u.m and a.agent_id = u.i
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key));

    public override (BookKey, string, Agent) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), reader.GetString(2),
            new Agent(reader.GetString(2), reader.Time(3), reader.TimeOrNull(4), reader.Text(5)));

    public override NpgsqlBatchCommand Insert(IReadOnlyList<(BookKey Book, string Key, Agent Row)> rows) => Sql.Command("""
        insert into agents (workspace_id, mode, agent_id, first_seen_at)
        select * from unnest($1::uuid[], $2::smallint[], $3::text[], $4::timestamptz[])
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Key),
        Sql.Array(rows, r => r.Row.FirstSeenAt));
}

/// <summary>What a decision asks of the agents: is this one frozen, or are all? Read under the book lock.</summary>
public static class AgentRules
{
    public static void WantAgent(this Reads reads, Command command, string agent)
    {
        reads.Of(AgentTable.Instance).Want(command.Book, agent);
        reads.Of(AgentTable.Instance).Want(command.Book, AgentTable.All);
    }

    public static bool IsFrozen(this OpenBook book, string agent) =>
        book.Find(AgentTable.Instance, agent)?.FrozenAt is not null || book.Find(AgentTable.Instance, AgentTable.All)?.FrozenAt is not null;

    /// <summary>A key that is bound to agents speaks for no other.</summary>
    public static Error? RefusesAgent(this OpenBook book, string agent)
    {
        if (book.Actor.Kind != PrincipalKind.ApiKey) return null;
        var bound = Principals.Instance.Of(book).Keys[book.Actor.Credential].AgentIds;
        return bound.Count == 0 || bound.Contains(agent)
            ? null
            : new Error(Errors.PermissionDenied, "This key is bound to other agents.").With("missingPermission", "agent:" + agent);
    }

    /// <summary>An agent appears by itself at its first request.</summary>
    public static void See(this OpenBook book, string agent)
    {
        if (book.Find(AgentTable.Instance, agent) is null)
            book.Insert(AgentTable.Instance, agent, new Agent(agent, book.At, null, null));
    }
}
