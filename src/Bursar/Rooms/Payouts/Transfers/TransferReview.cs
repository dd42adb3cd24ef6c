using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Control;
using Bursar.Platform.Ledger;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.Transfers;

/// <summary>What a person sees before they let money go: whose account it is, what is left, who must agree.</summary>
public sealed record ReviewFacts(Order Order, string? Holder, long BalanceAfter, bool NeedsApproval, string Route,
    IReadOnlyList<string> Warnings);

public sealed class TransferReview(
    IInquiryRail inquiry, LedgerReads ledger, WorkspaceReads workspaces, TransferReads transfers, PolicyReads policies, TimeProvider time)
{
    private static readonly TimeSpan TwinWindow = TimeSpan.FromMinutes(10);

    public async Task<Result<ReviewFacts>> Of(Actor actor, Order order, CancellationToken ct)
    {
        var answer = await Ask(order, ct);
        if (answer.Status is InquiryStatus.InvalidAccountNumber or InquiryStatus.Closed or InquiryStatus.BlackListed)
            return new Error(Errors.BeneficiaryInvalid,
                "The bank does not know this account, or it cannot receive money. Nothing was sent.")
            {
                Fields = [new FieldError("/accountNumber", "beneficiary_invalid",
                    "Check the account number: the bank does not accept it.")],
            };
        var deposit = (await ledger.Balances(actor.Book)).Single(b => b.Account == "deposit");
        var workspace = await workspaces.Of(actor.Book);
        var mayApprove = actor.May(Permission.ApproveTransactions);
        var policy = await AskingPolicy(actor, order);
        var route = !mayApprove ? "An approver must let it go"
            : workspace.SeparationOfDuties ? "Another person must let it go: duties are separated"
            : policy is not null ? $"Needs approval: {policy.Name}, above {MoneyText.Full(Money.Idr(policy.RequireApprovalOver!.Value))}"
            : "None: it goes out at once";
        return new ReviewFacts(order, answer.AccountHolder, deposit.Available - order.Amount - order.Fee,
            !mayApprove || workspace.SeparationOfDuties || policy is not null, route, await Warnings(actor, order, answer));
    }

    // A rail that cannot tell the name does not stop the transfer; it only tells nothing.
    private async Task<InquiryAnswer> Ask(Order order, CancellationToken ct)
    {
        try
        {
            return await inquiry.Inquire(order.BankCode!, order.AccountNumber!, ct);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or IOException)
        {
            return new InquiryAnswer(InquiryStatus.Failed, null);
        }
    }

    private async Task<Policy?> AskingPolicy(Actor actor, Order order)
    {
        var all = await policies.List(actor);
        if (!all.Ok) return null;
        var instruction = new Instruction(order.Kind, actor.Kind, order.Amount, order.Currency) { Category = order.DestinationType };
        return all.Value.FirstOrDefault(p => p.RequireApprovalOver < order.Amount && PolicyEngine.Concerns(p, instruction));
    }

    private async Task<IReadOnlyList<string>> Warnings(Actor actor, Order order, InquiryAnswer answer)
    {
        var warnings = new List<string>();
        if (answer.Status == InquiryStatus.SuspectedAccount)
            warnings.Add("The bank suspects this account of fraud. Make sure that you know the recipient.");
        if (answer.Status is InquiryStatus.Pending or InquiryStatus.Failed)
            warnings.Add("The bank has not told whose account this is. Check the number.");
        var twins = await transfers.List(actor, new TransferQuery
        {
            AccountNumber = order.AccountNumber,
            AmountFrom = order.Amount,
            AmountTo = order.Amount,
            CreatedFrom = time.NowMicros() - TwinWindow,
            Limit = 1,
            States = [DisbursementState.PendingApproval, DisbursementState.Approved, DisbursementState.Executing, DisbursementState.Unknown,
                DisbursementState.Succeeded],
        });
        if (twins.Ok && twins.Value.Data.Count > 0)
            warnings.Add("The same amount went to the same account within the last 10 minutes. Send it twice only if you mean it.");
        return warnings;
    }
}
