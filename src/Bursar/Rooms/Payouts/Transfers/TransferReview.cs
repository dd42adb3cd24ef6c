using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Ledger;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using Bursar.Rooms.Payouts.Inquiries;

namespace Bursar.Rooms.Payouts.Transfers;

/// <summary>What a person sees before they let money go: whose account it is, what is left, who must agree.</summary>
/// <param name="IsTwin">The same went to the same account a moment ago: whoever sends it says that they mean it.</param>
public sealed record ReviewFacts(Order Order, string? Holder, long BalanceAfter, bool NeedsApproval, string Route, bool IsTwin,
    IReadOnlyList<Phrase> Warnings);

public sealed class TransferReview(
    AccountHolders holders, BankStatuses banks, Database database, LedgerReads ledger, WorkspaceReads workspaces, TransferReads transfers,
    PolicyReads policies, TimeProvider time)
{
    public async Task<Result<ReviewFacts>> Of(Actor actor, Order order)
    {
        var bank = (await banks.Of(actor.Book)).GetValueOrDefault(order.BankCode!);
        if (bank is { Condition: BankCondition.HeavilyDisturbed }) return BankChecks.Disturbed(order.BankCode!);
        var told = await holders.Look(actor, order.BankCode!, order.AccountNumber!);
        // Where nothing can ask the bank, the person is warned and decides.
        if (!told.Ok && told.Error.Code != Errors.RailMissing) return told.Error;
        var answer = told.Ok ? told.Value : new InquiryAnswer(InquiryStatus.Failed, null);
        if (answer.Status.CannotReceive()) return AccountHolders.Refusal();
        var deposit = (await ledger.Balances(actor.Book)).Single(b => b.Account == "deposit");
        var workspace = await workspaces.Of(actor.Book);
        var mayApprove = actor.May(Permission.ApproveTransactions);
        var policy = await AskingPolicy(actor, order);
        var route = !mayApprove ? "An approver must let it go"
            : workspace.SeparationOfDuties ? "Another person must let it go: duties are separated"
            : policy is not null ? $"Needs approval: {policy.Name}, above {MoneyText.Full(Money.Idr(policy.RequireApprovalOver!.Value))}"
            : "None: it goes out at once";
        return new ReviewFacts(order, answer.AccountHolder, deposit.Available - order.Amount - order.Fee,
            !mayApprove || workspace.SeparationOfDuties || policy is not null, route, await IsTwin(actor, order),
            await Warnings(actor.Book, order, bank, told.Ok ? answer : null));
    }

    private async Task<Policy?> AskingPolicy(Actor actor, Order order)
    {
        var all = await policies.List(actor);
        if (!all.Ok) return null;
        var instruction = new Instruction(order.Kind, actor.Kind, order.Amount, order.Currency) { Category = order.DestinationType };
        return all.Value.FirstOrDefault(p => p.RequireApprovalOver < order.Amount && PolicyEngine.Concerns(p, instruction));
    }

    private async Task<IReadOnlyList<Phrase>> Warnings(BookKey book, Order order, BankStatus? bank, InquiryAnswer? answer)
    {
        var warnings = new List<Phrase>();
        if (bank is { Condition: BankCondition.Disturbed })
            warnings.Add(bank.Message is { } message ? $"This bank is disturbed, so it may take longer: {message}"
                : "This bank is disturbed: it may take longer.");
        if (answer is null)
            warnings.Add("Nobody can ask the bank whose account this is. Check the number yourself.");
        if (answer?.Status == InquiryStatus.SuspectedAccount)
            warnings.Add("The bank suspects this account of fraud. Make sure that you know the recipient.");
        if (answer?.Status is InquiryStatus.Pending or InquiryStatus.Failed)
            warnings.Add("The bank has not told whose account this is. Check the number.");
        var changed = await database.One<Changed>(book, """
            select name, changed_at from payee_changes
            where workspace_id = @workspace and mode = @mode and bank_code = @BankCode and account_number = @AccountNumber
                and changed_at > @since
            order by changed_at desc limit 1
            """, new
        {
            workspace = book.Workspace.Value,
            mode = (short)book.Mode,
            order.BankCode,
            order.AccountNumber,
            since = time.NowMicros() - PayeeChanges.Cooling,
        });
        if (changed is not null)
            warnings.Add($"{changed.Name} saved this account less than 24 hours ago. Make sure that it is the recipient's.");
        return warnings;
    }

    private async Task<bool> IsTwin(Actor actor, Order order)
    {
        var twins = await transfers.List(actor, new TransferQuery
        {
            AccountNumber = order.AccountNumber,
            Banks = [order.BankCode!],
            AmountFrom = order.Amount,
            AmountTo = order.Amount,
            CreatedFrom = time.NowMicros() - Twins.Window,
            Limit = 1,
            States = [DisbursementState.PendingApproval, DisbursementState.Approved, DisbursementState.Executing, DisbursementState.Unknown,
                DisbursementState.Succeeded],
        });
        return twins.Ok && twins.Value.Data.Count > 0;
    }

    private sealed record Changed
    {
        public required string Name { get; init; }
        public DateTimeOffset ChangedAt { get; init; }
    }
}
