using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Http;
using Bursar.Platform.Ledger;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Agents;
using Bursar.Rooms.Spending.Handles;
using Bursar.Rooms.Spending.Requests;

namespace Bursar.Rooms.Spending.PolicyPages;

/// <summary>
/// POST /v1/policies/test: what would be decided now, with the explain card (PRODUCT S1). It is decided where real requests are, under the
/// book's lock, and reserves, counts and writes nothing.
/// </summary>
public sealed class TestPolicies(Posting posting)
{
    /// <summary>
    /// A spend request as an agent would send it (what has no say in the decision is taken and left aside), or a transfer by
    /// <paramref name="Kind"/> with <paramref name="Merchant"/> <c>bank:account</c>. <paramref name="Draft"/> is tried in the place of the
    /// policy <paramref name="PolicyId"/>, or beside all that are active.
    /// </summary>
    public sealed record Request(
        long Amount, string Currency = "IDR", string? AgentId = null, string? Merchant = null, string? Category = null,
        HandleId? HandleId = null, ApiKeyId? KeyId = null, DisbursementKind Kind = DisbursementKind.AgentSpend,
        PrincipalKind Principal = PrincipalKind.Member, PolicyFields? Draft = null, PolicyId? PolicyId = null, string? Reason = null,
        string? CallbackUrl = null, IReadOnlyDictionary<string, string>? Metadata = null);

    /// <summary>Decision words as a spend request's; <paramref name="Approvals"/>: how many people it would need.</summary>
    public sealed record Response(string Decision, string DecisionReason, int Approvals, Explanation Explain);

    private static readonly Request Example = new(150_000, "IDR", "shopper", "tokopedia.com", "office");

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/policies/test", (HttpContext http, TestPolicies slice) => Api.Call<Request, Response>(http, slice.Handle))
            .Describe<Request, Response>("Test the policies: nothing is reserved", Example);

    public async Task<Result<Response>> Handle(Actor actor, Request request)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        if (Wrong(request) is { } wrong) return wrong;
        return (await posting.Submit(new Command(actor, request) { Needs = Permission.ViewControls })).Map(answer => answer.Value);
    }

    private static Error? Wrong(Request request)
    {
        if (AmountCheck.Wrong(request.Amount, request.Currency) is { } amount) return amount;
        if (request.Merchant is { } merchant && !MerchantKey.TryOf(merchant, out _))
            return Errors.Field("/merchant", "invalid", "It names no merchant.");
        if (request.Category is { } category && !MerchantKey.TryOf(category, out _))
            return Errors.Field("/category", "invalid", "It names no category.");
        if (request.Draft is null) return null;
        var problems = PolicyCheck.Validate(request.Draft.ToPolicy(default, 1));
        return problems.Count == 0 ? null : Errors.Invalid([.. problems.Select(p => p with { Field = "/draft" + p.Field })]);
    }

    private sealed class Command(Actor actor, Request request) : Command<Response>(actor)
    {
        private bool IsSpend => request.Kind == DisbursementKind.AgentSpend;

        public override void Plan(Reads reads)
        {
            reads.WantBudgets(this);
            reads.WantAccounts(this, AccountCode.Deposit);
            if (request.AgentId is { } agent) reads.WantAgent(this, agent);
        }

        public override Result<Response> Decide(OpenBook book)
        {
            HandleFact? handle = null;
            if (IsSpend)
            {
                var chosen = HandleFacts.Chosen(book, request.HandleId);
                if (!chosen.Ok) return chosen.Error;
                handle = chosen.Value;
            }
            var decision = Decide(book, handle);
            return new Response(SpendRequest.Word(decision.Verdict), decision.Reason,
                decision.Verdict == Verdict.RequireApproval ? decision.Quorum : 0, new Explanation(decision.Rules));
        }

        private Decision Decide(OpenBook book, HandleFact? handle)
        {
            if (IsSpend && request.AgentId is { } agent && book.IsFrozen(agent)) return new Decision(Verdict.Deny, "AGENT_FROZEN", []);
            var decision = book.Decide(InstructionOf(handle), Drafts.In(PolicyFacts.Instance.Of(book), request.PolicyId, request.Draft));
            if (decision.Verdict == Verdict.Deny || handle is not { Type: HandleType.Managed, BankCode: { } bank }) return decision;
            var needed = checked(request.Amount + Banks.Find(bank)!.Fee);
            return book.Account(AccountCode.Deposit).Available >= needed
                ? decision : decision with { Verdict = Verdict.Deny, Reason = "INSUFFICIENT_FUNDS" };
        }

        private Instruction InstructionOf(HandleFact? handle) =>
            new(request.Kind, IsSpend ? PrincipalKind.Agent : request.Principal, request.Amount, request.Currency)
            {
                KeyId = (request.KeyId ?? (Actor.Kind == PrincipalKind.ApiKey ? new ApiKeyId(Actor.Credential) : null))?.ToString(),
                AgentId = request.AgentId,
                HandleId = handle?.Id.ToString(),
                Merchant = request.Merchant,
                Category = request.Category,
            };
    }
}

/// <summary>A policy that is tried before it is saved.</summary>
public static class Drafts
{
    /// <summary>The policies with the draft in the place of the one it would change, or beside them.</summary>
    public static IReadOnlyList<Policy> In(IReadOnlyList<Policy> policies, PolicyId? id, PolicyFields? draft)
    {
        if (draft is null) return policies;
        var tried = PolicyCheck.Normalised(draft.ToPolicy(id ?? default, 0));
        return [.. policies.Where(p => p.Id != tried.Id), tried];
    }
}
