using Bursar.Platform.Pages;

namespace Bursar.Rooms.Spending.Agents;

/// <summary>The switches of the page of agents; the agent is named in the form, because its id may hold any character.</summary>
public static class AgentForms
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapForm("agents/freeze", post => One(post, frozen: true));
        routes.MapForm("agents/unfreeze", post => One(post, frozen: false));
        routes.MapForm("agents/freeze-all", post => All(post, frozen: true));
        routes.MapForm("agents/unfreeze-all", post => All(post, frozen: false));
    }

    private static async Task One(PagePost post, bool frozen)
    {
        var agent = post.Text("agentId");
        var done = await post.Get<FreezeAgents>().One(post.Actor, agent, frozen);
        var open = "agents?id=" + Uri.EscapeDataString(agent);
        if (!done.Ok) await post.Again<AgentList>(done.Error);
        else if (frozen) await post.Done(open, $"{agent} is frozen");
        else await post.Done(open, $"{agent} may spend again");
    }

    private static async Task All(PagePost post, bool frozen)
    {
        var done = await post.Get<FreezeAgents>().All(post.Actor, frozen);
        if (done.Ok) await post.Done("agents", frozen ? "All agents are frozen" : "Agents may spend again");
        else await post.Again<AgentList>(done.Error);
    }
}
