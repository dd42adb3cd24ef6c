using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Http;

namespace Bursar.Rooms.Spending.Agents;

/// <summary>
/// POST and DELETE /v1/agents/{id}/freeze and /v1/agents/freeze: one agent, or every one, asks in vain until it is unfrozen (PRODUCT S9).
/// Holds for the very next decision in every process. To stop is one press; to let spend again a session shows its password.
/// </summary>
public sealed class FreezeAgents(ControlChanges changes, AgentReads reads)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/agents/{id}/freeze", (HttpContext http, string id, FreezeAgents slice) =>
            Api.Call(http, actor => slice.One(actor, Named(id), frozen: true))).Describe<AgentResource>("Freeze an agent");
        routes.MapDelete("/v1/agents/{id}/freeze", (HttpContext http, string id, FreezeAgents slice) =>
            Api.Call(http, actor => slice.One(actor, Named(id), frozen: false))).Describe<AgentResource>("Unfreeze an agent");
        routes.MapPost("/v1/agents/freeze", (HttpContext http, FreezeAgents slice) =>
            Api.Call(http, actor => slice.All(actor, frozen: true))).Describe<AllAgents>("Freeze all agents");
        routes.MapDelete("/v1/agents/freeze", (HttpContext http, FreezeAgents slice) =>
            Api.Call(http, actor => slice.All(actor, frozen: false))).Describe<AllAgents>("Unfreeze all agents");
    }

    /// <summary>A slash of an agent's id is the one character that routing leaves as it was sent.</summary>
    public static string Named(string id) => id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    public async Task<Result<AgentResource>> One(Actor actor, string agent, bool frozen)
    {
        if (actor.Require(Permission.FreezeAgents) is { } denied) return denied;
        var known = await reads.Get(actor, agent);
        if (!known.Ok) return known.Error;
        var changed = await Change(actor, agent, frozen);
        return changed.Ok ? await reads.Get(actor, agent) : changed.Error;
    }

    public async Task<Result<AllAgents>> All(Actor actor, bool frozen)
    {
        if (actor.Require(Permission.FreezeAgents) is { } denied) return denied;
        var changed = await Change(actor, AgentTable.All, frozen);
        return changed.Ok ? await reads.All(actor) : changed.Error;
    }

    private async Task<Result<string>> Change(Actor actor, string agent, bool frozen)
    {
        var act = agent.Length == 0 ? "let all agents spend again" : $"let {agent} spend again";
        if (!frozen && actor.Require(Proof.Password, act) is { } unproved) return unproved;
        return await changes.Apply(actor, Permission.FreezeAgents, bothModes: false, async scope =>
        {
            // Who froze it first stays written down, however often it is asked for.
            await scope.Execute("""
                insert into agents (workspace_id, mode, agent_id, first_seen_at, frozen_at, frozen_by)
                values (@workspace, @mode, @agent, @at, case when @frozen then @at end, case when @frozen then @by end)
                on conflict (workspace_id, mode, agent_id) do update set
                    frozen_at = case when @frozen then coalesce(agents.frozen_at, excluded.frozen_at) end,
                    frozen_by = case when @frozen then coalesce(agents.frozen_by, excluded.frozen_by) end
                """, new { agent, frozen, by = scope.Book.Actor.Name });
            // An agent is named by its own text; the journal's subject is the workspace it spends for.
            scope.Book.Publish(frozen ? "agent.frozen" : "agent.unfrozen", scope.Book.Key.Workspace.Value, 1, new
            {
                agentId = agent.Length == 0 ? null : agent,
                all = agent.Length == 0,
                state = frozen ? AgentState.Frozen : AgentState.Active,
                by = scope.Book.Actor.Name,
            });
            return (Result<string>)agent;
        });
    }
}
