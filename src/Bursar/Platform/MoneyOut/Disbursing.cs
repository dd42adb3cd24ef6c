using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Ledger;

namespace Bursar.Platform.MoneyOut;

/// <summary>An order's row as it was opened, and the decision about it with every rule consulted.</summary>
public sealed record Opened(Disbursement Row, Decision Decision);

/// <summary>
/// The spine's verbs on an open book: open, approve, close. Each is a state change with its holds, budget and journal entry.
/// </summary>
public static class Disbursing
{
    private static readonly TimeSpan SpendApprovalLife = TimeSpan.FromHours(24);
    public static readonly TimeSpan ApprovalLife = TimeSpan.FromHours(72);

    /// <summary>The rule that sends every refund to people.</summary>
    public const string RefundsNeedApproval = "REFUNDS_NEED_APPROVAL";

    public static void WantAll(Reads reads, Command command)
    {
        reads.WantAccounts(command, AccountCode.Deposit, AccountCode.Payouts, AccountCode.Fees);
        reads.WantBudgets(command);
    }

    public static void WantExisting(Reads reads, Command command, Guid id)
    {
        WantAll(reads, command);
        reads.Of(DisbursementTable.Instance).Want(command.Book, id);
        reads.WantHolds(command, id);
    }

    /// <summary>
    /// Decides the order; when it may go or wait for approval, holds amount, fee and budget and books it. An agent's refused order is
    /// kept as denied, anybody else's is an error. <paramref name="refused"/>: what stood before all policies (a frozen agent).
    /// </summary>
    public static Result<Opened> Open(this OpenBook book, Order order, DisbursementShapes shapes, Decision? refused = null)
    {
        if (order.Reference is { } reference && book.Find(ReferenceTable.Instance, (order.Kind, reference)) is { } first)
            return Duplicate(order.Kind, first);
        var twin = book.TwinOf(order);
        if (twin is not null && order.Twins == TwinRule.Refused) return Twins.Refusal(twin);
        var instruction = order.InstructionOf(book.Actor);
        var decision = refused ?? book.Decide(instruction);
        if (order.Kind == DisbursementKind.AgentSpend && decision.Verdict != Verdict.Deny && !book.Covers(order))
            decision = decision with { Verdict = Verdict.Deny, Reason = "INSUFFICIENT_FUNDS" };
        if (decision.Verdict == Verdict.Deny)
            return order.Kind == DisbursementKind.AgentSpend
                ? new Opened(book.Keep(Made(order, book.Actor, decision, DisbursementState.Denied, null, null, book.At), shapes), decision)
                : Denied(book, order, decision);
        var rule = ApprovalRule(book, order, decision, twin);
        var holds = book.HoldMoney(order);
        if (!holds.Ok) return holds.Error;
        book.HoldBudget(instruction, order.Id, forGood: rule is null && order.UsedWhenAllowed);
        var state = rule is null ? DisbursementState.Approved : DisbursementState.PendingApproval;
        var disbursement = Made(order, book.Actor, decision, state, holds.Value.Amount, holds.Value.Fee, book.At);
        book.RememberTwin(order);
        if (order.Reference is not null) book.Insert(ReferenceTable.Instance, (order.Kind, order.Reference), new ReferenceUse(order.Id));
        if (rule is not null)
        {
            var approval = Ask(book, disbursement, rule, decision.Quorum, order.BatchId);
            disbursement = disbursement with { ApprovalId = approval.Id.Value };
            book.Ask(approval);
        }
        return new Opened(book.Keep(disbursement, shapes), decision);
    }

    private static Disbursement Keep(this OpenBook book, Disbursement d, DisbursementShapes shapes)
    {
        var whole = d.State == DisbursementState.Approved ? shapes.Of(d.Kind).Approved(d) : d;
        book.Insert(DisbursementTable.Instance, whole.Id, whole);
        book.Announce(whole, shapes);
        return whole;
    }

    /// <summary>Whether the deposit bears amount and fee now.</summary>
    public static bool Covers(this OpenBook book, Order order) =>
        order.BankCode is null || book.Account(AccountCode.Deposit).Available >= checked(order.Amount + order.Fee);

    private static Result<(Guid? Amount, Guid? Fee)> HoldMoney(this OpenBook book, Order order)
    {
        if (order.BankCode is null) return (null, null);
        var amount = book.Hold(AccountCode.Deposit, AccountCode.Payouts, order.Amount, order.Id);
        if (!amount.Ok) return amount.Error;
        if (order.Fee == 0) return (amount.Value.Value, null);
        var fee = book.Hold(AccountCode.Deposit, AccountCode.Fees, order.Fee, order.Id);
        return fee.Ok ? (amount.Value.Value, fee.Value.Value) : fee.Error.With("requested", order.Amount + order.Fee);
    }

    /// <summary>The row of an order that was allowed or waits for approval.</summary>
    public static Disbursement Made(
        Order order, Actor actor, Decision decision, DisbursementState state, Guid? amountHold, Guid? feeHold, DateTimeOffset at) => new()
        {
            Id = order.Id,
            Kind = order.Kind,
            State = state,
            Version = 1,
            Amount = order.Amount,
            Currency = order.Currency,
            Fee = order.Fee,
            BankCode = order.BankCode,
            DestinationType = order.DestinationType,
            AccountNumber = order.AccountNumber,
            RecipientName = order.RecipientName,
            Remark = order.Remark,
            Reference = order.Reference,
            MakerName = actor.Name,
            MakerKind = (short)actor.Kind,
            MakerPrincipal = actor.Principal,
            MakerCredential = actor.Credential,
            MakerPerson = actor.Person,
            CreatedVia = actor.Kind == PrincipalKind.Member ? "dashboard" : "api",
            Rail = order.Rail,
            ContentHash = order.Hash(),
            DecisionInputs = StoredJson.Of(DecisionRecord.Of(decision, at)),
            AmountHold = amountHold,
            FeeHold = feeHold,
            Detail = order.Detail,
            AgentId = order.AgentId,
            Merchant = order.Merchant,
            Category = order.Category,
            Reason = order.Reason,
            HandleId = order.HandleId,
            CreatedAt = at,
            ChangedAt = at,
            CompletedAt = state == DisbursementState.Denied ? at : null,
        };

    /// <summary>Moves to a new state; the caller has checked that the graph allows it.</summary>
    public static Disbursement Become(
        this OpenBook book, Disbursement d, DisbursementState state, DisbursementShapes shapes, string? reason = null)
    {
        Invariant.Hold(d.State.CanBecome(state));
        var closes = state.IsFinal() || state == DisbursementState.Succeeded;
        var changed = d with
        {
            State = state,
            Version = d.Version + 1,
            ChangedAt = book.At,
            FailureReason = reason ?? d.FailureReason,
            CompletedAt = closes ? book.At : d.CompletedAt,
        };
        if (state == DisbursementState.Succeeded)
        {
            if (d.AmountHold is { } amount) book.PostHold(new(amount), AccountCode.Deposit, AccountCode.Payouts, d.Amount, d.Id);
            if (d.FeeHold is { } fee) book.PostHold(new(fee), AccountCode.Deposit, AccountCode.Fees, d.Fee, d.Id);
            book.UseBudget(d.Id);
        }
        else if (state == DisbursementState.Reversed)
        {
            // The money is back today; the budget stays used (PRODUCT P7).
            Invariant.Hold(d.AmountHold is not null && book.Move(AccountCode.Payouts, AccountCode.Deposit, d.Amount, d.Id).Ok);
            if (d.Fee > 0) Invariant.Hold(book.Move(AccountCode.Fees, AccountCode.Deposit, d.Fee, d.Id).Ok);
        }
        else if (closes)
        {
            if (d.AmountHold is { } amount) book.VoidHold(new(amount), AccountCode.Deposit, AccountCode.Payouts, d.Amount, d.Id);
            if (d.FeeHold is { } fee) book.VoidHold(new(fee), AccountCode.Deposit, AccountCode.Fees, d.Fee, d.Id);
            book.ReleaseBudget(d.Id);
        }
        if (state == DisbursementState.Approved) changed = shapes.Of(d.Kind).Approved(changed);
        book.Update(DisbursementTable.Instance, d.Id, changed);
        if (state != DisbursementState.Executing) book.Announce(changed, shapes);
        return changed;
    }

    /// <summary>Takes it back before it is claimed for its rail; an approval that still waits ends with it.</summary>
    public static Disbursement TakeBack(this OpenBook book, Disbursement d, DisbursementShapes shapes)
    {
        if (d.ApprovalId is { } open && book.Find(ApprovalTable.Instance, new(open)) is { State: ApprovalState.Pending } asked)
            book.Resolve(asked, ApprovalState.Cancelled, null);
        return book.Become(d, DisbursementState.Cancelled, shapes);
    }

    /// <summary>An approved disbursement that waited for a word goes to its rail.</summary>
    public static void SendToRail(this OpenBook book, Disbursement d)
    {
        Invariant.Hold(d.State == DisbursementState.Approved);
        book.Record(SentToRail, d.Id, d.Version, new { rail = d.Rail });
    }

    public const string SentToRail = "disbursement.sent_to_rail";

    public static void Announce(this OpenBook book, Disbursement d, DisbursementShapes shapes)
    {
        var shape = shapes.Of(d.Kind);
        if (shape.Tells is { } tell) tell(book, d);
        else book.Publish(shape.Event(d.State), d.Id, d.Version, shape.Resource(d));
    }

    /// <summary>
    /// Which rule sends this to approval, or null: a policy, the switch for twins, the maker's role, the separation of duties, the API
    /// switch (PRODUCT P5).
    /// </summary>
    private static string? ApprovalRule(OpenBook book, Order order, Decision decision, Twin? twin)
    {
        if (decision.Verdict == Verdict.RequireApproval) return decision.Reason;
        if (order.Kind == DisbursementKind.AgentSpend) return null;
        if (order.Kind == DisbursementKind.Refund) return RefundsNeedApproval;
        var facts = Principals.Instance.Of(book);
        if (twin is not null && facts.Workspace.ApiTwinsNeedApproval) return "TWIN_WITHIN_10_MINUTES";
        if (book.Actor.Kind != PrincipalKind.Member) return facts.Workspace.ApiTransfersNeedApproval ? "API_TRANSFERS_NEED_APPROVAL" : null;
        var role = facts.Members[book.Actor.Principal].Role;
        if ((Roles.Allows(role) & Permission.ApproveTransactions) == 0) return "MAKER_NEEDS_APPROVER";
        return facts.Workspace.SeparationOfDuties ? "SEPARATION_OF_DUTIES" : null;
    }

    private static Approval Ask(OpenBook book, Disbursement d, string rule, int quorum, Guid? batch) => new()
    {
        Id = ApprovalId.New(book.At),
        Kind = Json.Name(d.Kind),
        State = ApprovalState.Pending,
        Version = 1,
        Subject = d.Id,
        Amount = d.Amount,
        Currency = d.Currency,
        Merchant = d.Merchant,
        Beneficiary = d.BankCode is null ? null : $"{d.BankCode} {d.AccountNumber}{(d.RecipientName is null ? "" : $" {d.RecipientName}")}",
        Reason = d.Reason ?? d.Remark,
        AgentId = d.AgentId,
        RequestedBy = d.MakerName,
        RequesterPerson = d.MakerPerson,
        ContentHash = d.ContentHash,
        Rule = rule,
        Quorum = quorum,
        BatchId = batch,
        ExpiresAt = book.At + (d.Kind == DisbursementKind.AgentSpend ? SpendApprovalLife : ApprovalLife),
        CreatedAt = book.At,
    };

    private static Error Denied(OpenBook book, Order order, Decision decision)
    {
        book.Note(RefusedOrder.Type, order.Id, RefusedOrder.Of(order, decision));
        return Refusal(decision);
    }

    public static Error Refusal(Decision decision) => new Error(Errors.PolicyDenied, $"A policy refuses this: {decision.Reason}.")
        .With("decisionReason", decision.Reason).With("explain", new { rules = decision.Rules });

    private static Error Duplicate(DisbursementKind kind, ReferenceUse first)
    {
        var (type, id, path) = kind == DisbursementKind.InternationalTransfer
            ? ("international_transfer", new InternationalTransferId(first.Disbursement).ToString(), "international-transfers")
            : ("transfer", new TransferId(first.Disbursement).ToString(), "transfers");
        return new Error(Errors.ReferenceDuplicate, "A transfer with this reference exists.")
        {
            Resource = new ResourceReference(type, id, $"/v1/{path}/{id}"),
        };
    }
}
