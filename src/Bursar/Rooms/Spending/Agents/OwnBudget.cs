using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Http;
using Bursar.Rooms.Spending.Handles;

namespace Bursar.Rooms.Spending.Agents;

/// <summary>
/// GET /v1/budget: what an agent may still spend, policy by policy, as the very next decision would see it: read under the book's lock. A
/// policy that several agents share shows what all of them have used.
/// </summary>
public sealed class OwnBudget(Posting posting)
{
    /// <summary>Amounts in minor units of the policy's currency; the next request must pass every policy of its currency.</summary>
    public sealed record Budget(string AgentId, bool Frozen, IReadOnlyList<PolicyBudget> Policies);

    /// <summary>One policy that concerns the agent; what is absent is not limited.</summary>
    public sealed record PolicyBudget(
        PolicyId PolicyId, string Name, string Currency, long? MaxSingleAmount, long? RequireApprovalOver, BudgetLine? Day,
        BudgetLine? Month, BudgetLine? Minute, BudgetLine? Hour, IReadOnlyList<string> AllowedMerchants,
        IReadOnlyList<string> AllowedCategories);

    /// <summary>A cap: an amount for day and month, a count for minute and hour. What waits for people counts as used.</summary>
    public sealed record BudgetLine(long Limit, long Used, long Remaining, DateTimeOffset ResetsAt);

    private static readonly QueryParameter[] Parameters =
    [
        new("agentId", typeof(string), "Whose; a key that is bound to agents may ask for these alone."),
        new("handleId", typeof(string), "Through which payment handle; the default one when absent."),
    ];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/budget", (HttpContext http, OwnBudget slice) => Api.Call(http, actor =>
            slice.Handle(actor, http.Request.Query["agentId"].ToString(), http.Request.Query["handleId"])))
            .Describe<Budget>("See what an agent may still spend", query: Parameters);

    public async Task<Result<Budget>> Handle(Actor actor, string agentId, string? handleId)
    {
        if (actor.Require(Permission.RequestSpends) is { } denied) return denied;
        if (PlainText.Problem(agentId, 1, 100) is { } problem) return Wrong("agentId", problem);
        HandleId? handle = null;
        if (handleId is not null)
        {
            if (!HandleId.TryParse(handleId, out var named)) return Wrong("handleId", "There is no such handle in this mode.");
            handle = named;
        }
        return (await posting.Submit(new Read(actor, agentId, handle) { Needs = Permission.RequestSpends })).Map(answer => answer.Value);
    }

    private static Error Wrong(string parameter, Phrase why) =>
        new(Errors.InvalidParameter, why) { Fields = [new FieldError(parameter, "invalid", why)] };

    private sealed class Read(Actor actor, string agent, HandleId? handle) : Command<Budget>(actor)
    {
        public override void Plan(Reads reads)
        {
            reads.WantAgent(this, agent);
            reads.WantBudgets(this);
        }

        public override Result<Budget> Decide(OpenBook book)
        {
            if (book.RefusesAgent(agent) is { } foreign) return foreign;
            var instruction = new Instruction(DisbursementKind.AgentSpend, PrincipalKind.Agent, 1, "")
            {
                KeyId = Actor.Kind == PrincipalKind.ApiKey ? new ApiKeyId(Actor.Credential).ToString() : null,
                AgentId = agent,
                HandleId = HandleFacts.Find(book, handle)?.Id.ToString(),
            };
            return new Budget(agent, book.IsFrozen(agent),
            [
                .. PolicyFacts.Instance.Of(book).Where(p => PolicyEngine.Concerns(p, instruction with { Currency = p.Currency }))
                    .Select(p => Of(p, book.UsageOf(p.Id))),
            ]);
        }

        private static PolicyBudget Of(Policy p, Usage u) => new(
            p.Id, p.Name, p.Currency, p.MaxSingleAmount, p.RequireApprovalOver,
            Line(p.DailyLimit, u.Day.Total, u.Day.End), Line(p.MonthlyLimit, u.Month.Total, u.Month.End),
            Line(p.MaxTransactionsPerMinute, u.MinuteCount, u.MinuteStart.AddMinutes(1)),
            Line(p.MaxTransactionsPerHour, u.HourCount, u.HourStart.AddHours(1)), p.AllowedMerchants, p.AllowedCategories);

        private static BudgetLine? Line(long? limit, long used, DateTimeOffset resetsAt) =>
            limit is { } most ? new BudgetLine(most, used, Math.Max(0, most - used), resetsAt) : null;
    }
}
