using Bursar.Core.Access;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Ledger;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Payouts;

/// <summary>What a person sees before they let money go: whose account it is, what is left, who must agree.</summary>
public sealed record ReviewFacts(Order Order, string? Holder, long BalanceAfter, bool NeedsApproval, string Route, string? Warning);

public sealed class TransferReview(IInquiryRail inquiry, LedgerReads ledger, WorkspaceReads workspaces, TransferReads transfers, TimeProvider time)
{
    private static readonly TimeSpan TwinWindow = TimeSpan.FromMinutes(10);

    public async Task<Result<ReviewFacts>> Of(Actor actor, Order order, CancellationToken ct)
    {
        var answer = await inquiry.Inquire(order.BankCode, order.AccountNumber, ct);
        if (answer.Status is InquiryStatus.InvalidAccountNumber or InquiryStatus.Closed or InquiryStatus.BlackListed)
            return new Error(Errors.BeneficiaryInvalid, "The bank does not know this account, or it cannot receive money. Nothing was sent.")
            {
                Fields = [new FieldError("/accountNumber", "beneficiary_invalid", "Check the account number: the bank does not accept it.")],
            };
        var deposit = (await ledger.Balances(actor.Book)).Single(b => b.Account == "deposit");
        var workspace = await workspaces.Of(actor.Book);
        var mayApprove = actor.May(Permission.ApproveTransactions);
        var needs = !mayApprove || workspace.SeparationOfDuties;
        return new ReviewFacts(order, answer.AccountHolder, deposit.Available - order.Amount - order.Fee, needs,
            !mayApprove ? "An approver must let it go" : needs ? "Another person must let it go: duties are separated" : "None, unless a policy asks for it",
            await Warning(actor, order, answer));
    }

    private async Task<string?> Warning(Actor actor, Order order, InquiryAnswer answer)
    {
        if (answer.Status == InquiryStatus.SuspectedAccount) return "The bank suspects this account of fraud. Make sure that you know the recipient.";
        var twins = await transfers.List(actor, new TransferQuery
        {
            AccountNumber = order.AccountNumber, AmountFrom = order.Amount, AmountTo = order.Amount, CreatedFrom = time.NowMicros() - TwinWindow, Limit = 1,
        });
        return twins.Ok && twins.Value.Data.Count > 0 ? "The same amount went to the same account within the last 10 minutes." : null;
    }
}
