using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Core.Signing;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Ledger;

namespace Bursar.Platform.MoneyOut;

/// <summary>What a product asks the spine to send.</summary>
public sealed record Order
{
    public required Guid Id { get; init; }
    public required DisbursementKind Kind { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public required long Fee { get; init; }
    public required string BankCode { get; init; }
    public required string DestinationType { get; init; }
    public required string AccountNumber { get; init; }
    public string? RecipientName { get; init; }
    public string? Remark { get; init; }
    public string? Reference { get; init; }
    public required string Rail { get; init; }
    public string? Detail { get; init; }
}

/// <summary>
/// The spine's verbs on an open book: open, approve, close. Each is a state change with its holds, budget and journal entry.
/// </summary>
public static class Disbursing
{
    private static readonly TimeSpan ApprovalLife = TimeSpan.FromHours(72);

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

    /// <summary>Decides the order; when it may go or wait for approval, holds amount, fee and budget and books it.</summary>
    public static Result<Disbursement> Open(this OpenBook book, Order order, DisbursementShapes shapes)
    {
        if (order.Reference is { } reference && book.Find(ReferenceTable.Instance, (order.Kind, reference)) is { } first)
            return Duplicate(first);
        var actor = book.Actor;
        var decision = book.Decide(InstructionOf(order, actor), order.Id);
        if (decision.Verdict == Verdict.Deny) return Denied(book, order, decision);

        var rule = ApprovalRule(book, decision);
        var amountHold = book.Hold(AccountCode.Deposit, AccountCode.Payouts, order.Amount, order.Id);
        if (!amountHold.Ok) return amountHold.Error;
        Guid? feeHold = null;
        if (order.Fee > 0)
        {
            var hold = book.Hold(AccountCode.Deposit, AccountCode.Fees, order.Fee, order.Id);
            if (!hold.Ok) return hold.Error.With("requested", order.Amount + order.Fee);
            feeHold = hold.Value.Value;
        }
        var state = rule is null ? DisbursementState.Approved : DisbursementState.PendingApproval;
        var disbursement = Made(order, actor, decision, state, amountHold.Value.Value, feeHold, book.At);
        if (order.Reference is not null) book.Insert(ReferenceTable.Instance, (order.Kind, order.Reference), new ReferenceUse(order.Id));
        if (rule is not null)
        {
            var approval = Ask(book, disbursement, rule);
            disbursement = disbursement with { ApprovalId = approval.Id.Value };
            book.Insert(ApprovalTable.Instance, approval.Id, approval);
            book.Publish("approval.pending", approval.Id.Value, 1, ApprovalResource.Of(approval));
        }
        book.Insert(DisbursementTable.Instance, disbursement.Id, disbursement);
        book.Announce(disbursement, shapes);
        return disbursement;
    }

    /// <summary>The row of an order that was allowed or waits for approval.</summary>
    public static Disbursement Made(
        Order order, Actor actor, Decision decision, DisbursementState state, Guid amountHold, Guid? feeHold, DateTimeOffset at) => new()
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
            ContentHash = HashOf(order),
            DecisionInputs = Json.Write(decision),
            AmountHold = amountHold,
            FeeHold = feeHold,
            Detail = order.Detail,
            CreatedAt = at,
            ChangedAt = at,
        };

    /// <summary>What the policies are asked about an order.</summary>
    public static Instruction InstructionOf(Order order, Actor actor) => new(order.Kind, actor.Kind, order.Amount, order.Currency)
    {
        KeyId = actor.Kind == PrincipalKind.ApiKey ? new ApiKeyId(actor.Credential).ToString() : null,
        Merchant = $"{order.BankCode}:{order.AccountNumber}",
        Category = order.DestinationType,
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
            book.PostHold(new(d.AmountHold!.Value), AccountCode.Deposit, AccountCode.Payouts, d.Amount, d.Id);
            if (d.FeeHold is { } fee) book.PostHold(new(fee), AccountCode.Deposit, AccountCode.Fees, d.Fee, d.Id);
            book.UseBudget(d.Id);
        }
        else if (state == DisbursementState.Reversed)
        {
            // The money is back today; the budget stays used (PRODUCT P7).
            Invariant.Hold(book.Move(AccountCode.Payouts, AccountCode.Deposit, d.Amount, d.Id).Ok);
            if (d.Fee > 0) Invariant.Hold(book.Move(AccountCode.Fees, AccountCode.Deposit, d.Fee, d.Id).Ok);
        }
        else if (closes)
        {
            book.VoidHold(new(d.AmountHold!.Value), AccountCode.Deposit, AccountCode.Payouts, d.Amount, d.Id);
            if (d.FeeHold is { } fee) book.VoidHold(new(fee), AccountCode.Deposit, AccountCode.Fees, d.Fee, d.Id);
            book.ReleaseBudget(d.Id);
        }
        book.Update(DisbursementTable.Instance, d.Id, changed);
        if (state != DisbursementState.Executing) book.Announce(changed, shapes);
        return changed;
    }

    /// <summary>What an approver is shown and an execution must match.</summary>
    public static string HashOf(Order o) => ContentHash.Of(
        ("kind", Json.Name(o.Kind)), ("id", o.Id.ToString("N")), ("amount", Text(o.Amount)), ("currency", o.Currency), ("fee", Text(o.Fee)),
        ("bank", o.BankCode), ("destination", o.DestinationType), ("account", o.AccountNumber), ("remark", o.Remark),
        ("rail", o.Rail), ("detail", o.Detail));

    public static string HashOf(Disbursement d) => HashOf(new Order
    {
        Id = d.Id,
        Kind = d.Kind,
        Amount = d.Amount,
        Currency = d.Currency,
        Fee = d.Fee,
        BankCode = d.BankCode!,
        DestinationType = d.DestinationType!,
        AccountNumber = d.AccountNumber!,
        Remark = d.Remark,
        Rail = d.Rail,
        Detail = d.Detail,
    });

    public static void Announce(this OpenBook book, Disbursement d, DisbursementShapes shapes)
    {
        var shape = shapes.Of(d.Kind);
        book.Publish($"{shape.EventPrefix}.{Json.Name(d.State)}", d.Id, d.Version, shape.Resource(d));
    }

    /// <summary>
    /// Which rule sends this to approval, or null: a policy, the maker's role, the separation of duties, the API switch (PRODUCT P5).
    /// </summary>
    private static string? ApprovalRule(OpenBook book, Decision decision)
    {
        if (decision.Verdict == Verdict.RequireApproval) return decision.Reason;
        var facts = Principals.Instance.Of(book);
        if (book.Actor.Kind != PrincipalKind.Member) return facts.Workspace.ApiTransfersNeedApproval ? "API_TRANSFERS_NEED_APPROVAL" : null;
        var role = facts.Members[book.Actor.Principal].Role;
        if ((Roles.Allows(role) & Permission.ApproveTransactions) == 0) return "MAKER_NEEDS_APPROVER";
        return facts.Workspace.SeparationOfDuties ? "SEPARATION_OF_DUTIES" : null;
    }

    private static Approval Ask(OpenBook book, Disbursement d, string rule) => new()
    {
        Id = ApprovalId.New(book.At),
        Kind = Json.Name(d.Kind),
        State = ApprovalState.Pending,
        Version = 1,
        Subject = d.Id,
        Amount = d.Amount,
        Currency = d.Currency,
        Merchant = null,
        Beneficiary = $"{d.BankCode} {d.AccountNumber}{(d.RecipientName is null ? "" : $" {d.RecipientName}")}",
        Reason = d.Remark,
        RequestedBy = d.MakerName,
        RequesterPerson = d.MakerPerson,
        ContentHash = d.ContentHash,
        Rule = rule,
        ExpiresAt = book.At + ApprovalLife,
        CreatedAt = book.At,
    };

    private static Error Denied(OpenBook book, Order order, Decision decision)
    {
        book.Note("decision.denied", order.Id,
            new { order.Kind, order.Amount, order.Currency, order.BankCode, order.AccountNumber, decision.Reason, decision.Rules });
        return Refusal(decision);
    }

    public static Error Refusal(Decision decision) => new Error(Errors.PolicyDenied, $"A policy refuses this: {decision.Reason}.")
        .With("decisionReason", decision.Reason).With("explain", new { rules = decision.Rules });

    private static Error Duplicate(ReferenceUse first)
    {
        var id = new TransferId(first.Disbursement).ToString();
        return new Error(Errors.ReferenceDuplicate, "A transfer with this reference exists.")
        {
            Resource = new ResourceReference("transfer", id, $"/v1/transfers/{id}"),
        };
    }

    private static string Text(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
