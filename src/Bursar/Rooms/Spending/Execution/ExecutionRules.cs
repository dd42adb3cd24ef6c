using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Agents;
using Bursar.Rooms.Spending.Handles;

namespace Bursar.Rooms.Spending.Execution;

/// <summary>
/// When an authorized spend may go to its executor or rail: one rule for the agent's call and for the worker that claims it.
/// </summary>
public static class ExecutionRules
{
    public static void ClaimReads(Reads reads, Command command, DueDisbursement due) => reads.WantAgent(command, due.AgentId!);

    /// <summary>A freeze, an archived handle and the end of the authorization hold for the very next execution.</summary>
    public static Error? HeldBack(OpenBook book, Disbursement spend)
    {
        if (book.IsFrozen(spend.AgentId!))
            return new Error(Errors.AccountSuspended,
                "This agent is frozen. Nothing was sent; it may go once the agent is unfrozen, while its authorization lasts.");
        if (HandleFacts.Find(book, new HandleId(spend.HandleId!.Value)) is null)
            return new Error(Errors.AccountSuspended, "This payment handle is archived. Nothing was sent.");
        return spend.AuthorizedUntil <= book.At ? new Error(Errors.Expired, "The authorization has ended. Nothing was sent.") : null;
    }

    /// <summary>What goes to its executor has used its token up, whoever sent it there.</summary>
    public static Disbursement Claimed(Disbursement spend) => spend with { SatConsumedAt = spend.SatConsumedAt ?? spend.ChangedAt };
}
