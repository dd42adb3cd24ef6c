using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Books;
using Bursar.Platform.Ledger;
using Bursar.Platform.MoneyIn;

namespace Bursar.Platform.Statements;

/// <summary>
/// What a person decides of money in suspense. One operator is enough: everything is in the journal, and nothing leaves the house.
/// </summary>
public abstract record LineDecision
{
    /// <summary>It is for this top-up: all of it is credited, whatever amount was asked for.</summary>
    public sealed record TieTo(WorkspaceId Workspace, Guid Collection) : LineDecision;
    /// <summary>It proves that this payment was paid, or gives it back.</summary>
    public sealed record TieToPayment(WorkspaceId Workspace, Guid Disbursement) : LineDecision;
    /// <summary>It concerns no workspace: the bank's charge or interest, or money between accounts of the operator's own.</summary>
    public sealed record Explain(BankLineState As) : LineDecision;
    /// <summary>What was said of it was a mistake: it waits again.</summary>
    public sealed record PutBack : LineDecision;
    /// <summary>It goes back to whoever sent it.</summary>
    public sealed record SendBack(string Why) : LineDecision;
    public sealed record Remark(string Text) : LineDecision;
}

public sealed class DecideLine(Actor actor, Guid line, LineDecision decision) : Command<BankLine>(actor)
{
    public override void Plan(Reads reads)
    {
        reads.Of(BankLineTable.Instance).Want(Book, line);
        reads.WantAccounts(this, AccountCode.Suspense, AccountCode.Customers, AccountCode.Returns, AccountCode.StatementClearing,
            AccountCode.PaidOut, AccountCode.BankCharges, AccountCode.OwnTransfers);
        if (decision is not LineDecision.TieToPayment tie) return;
        reads.Of(ProofTable.Instance).Want(Book, (tie.Disbursement, true));
        reads.Of(ProofTable.Instance).Want(Book, (tie.Disbursement, false));
    }

    public override Result<BankLine> Decide(OpenBook book)
    {
        if (book.Find(BankLineTable.Instance, line) is not { } row) return Errors.Missing();
        if (Refuses(book, row) is { } refused) return refused;
        var changed = decision switch
        {
            LineDecision.TieTo to => row.TiedTo(book, to.Workspace, to.Collection, null),
            LineDecision.TieToPayment to => row.TiedTo(book, to.Workspace, null, to.Disbursement),
            LineDecision.Explain { As: var state } => Moved(book, row, state),
            LineDecision.SendBack back => Moved(book, row, BankLineState.ToReturn) with { Note = back.Why },
            LineDecision.PutBack => Moved(book, row, row.Unexplained),
            LineDecision.Remark remark => row with { Note = remark.Text },
            _ => throw new InvalidOperationException("no such decision"),
        };
        changed = changed with { Version = row.Version + 1, ChangedAt = book.At };
        book.Update(BankLineTable.Instance, line, changed);
        book.Record(decision switch
        {
            LineDecision.TieTo or LineDecision.TieToPayment => "statement_line.tied",
            LineDecision.Remark => "statement_line.remarked",
            LineDecision.PutBack => "statement_line.put_back",
            _ => $"statement_line.{Data.Json.Name(changed.State)}",
        }, line, changed.Version, new
        {
            line = new StatementLineId(line),
            row.Amount,
            changed.Note,
            topUp = changed.TopUp,
            payment = changed.Payment,
        });
        return changed;
    }

    private Error? Refuses(OpenBook book, BankLine row) => decision switch
    {
        LineDecision.Remark => null,
        LineDecision.PutBack => row.State is BankLineState.ToReturn or BankLineState.BankCharge or BankLineState.OwnTransfer ? null
            : new Error(Errors.StateConflict, "Only what an operator said of a line is taken back."),
        _ when row.State != row.Unexplained => new Error(Errors.AlreadyResolved, "Somebody decided on this line already."),
        LineDecision.TieTo or LineDecision.SendBack when row.Amount < 0 => new Error(Errors.StateConflict, "This is money out."),
        LineDecision.TieToPayment to when book.Find(ProofTable.Instance, (to.Disbursement, row.Amount < 0)) is not null =>
            Errors.Field("/payment", "state_conflict", "Another line says this of the payment already."),
        _ => null,
    };

    private static BankLine Moved(OpenBook book, BankLine row, BankLineState to)
    {
        var back = to == row.Unexplained;
        var (debit, credit) = row.Legs(back ? row.State : to);
        Invariant.Hold((back ? book.Move(credit, debit, row.Size, row.Id) : book.Move(debit, credit, row.Size, row.Id)).Ok);
        return row with { State = to };
    }
}

/// <summary>How a line is tied to what a workspace's book must have too.</summary>
public static class LineTies
{
    /// <summary>Its money is held until <see cref="CreditMatches"/> has carried it into the workspace's book.</summary>
    public static BankLine TiedTo(this BankLine line, OpenBook book, WorkspaceId workspace, Guid? topUp, Guid? payment)
    {
        var tied = line with
        {
            State = BankLineState.Matching,
            OwnerWorkspace = workspace.Value,
            Collection = topUp,
            Disbursement = payment,
        };
        var (debit, credit) = tied.Legs(tied.Tied);
        return tied with { Hold = book.Hold(debit, credit, line.Size, line.Id).Value.Value };
    }
}

/// <summary>The suspense desk's verbs, as the operator's page calls them.</summary>
public sealed class SuspenseDesk(
    House house, ReceivingAccounts accounts, TopUpCandidates candidates, SentPayments payments, StatementReads reads, CreditMatches credit)
{
    public const int NoteMax = 300;

    public async Task<Result<BankLine>> Tie(Actor actor, StatementLineId line, string topUp)
    {
        var known = await accounts.All();
        var found = TopUpId.TryParse(topUp.Trim(), out var id)
            ? await candidates.Find(
                actor.Book.Mode, [.. known.Where(a => a.Mode == actor.Book.Mode).Select(a => a.Account)], id)
            : null;
        if (found is null) return Errors.Field("/topUp", "unknown", "There is no such top-up in this mode.");
        if (found.State is CollectionState.Completed or CollectionState.Mismatch)
            return Errors.Field("/topUp", "state_conflict", "This top-up has its money already.");
        var tied = await Submit(actor, line, new LineDecision.TieTo(found.Workspace, found.Collection));
        if (tied.Ok) await credit.All(actor.Book.Mode);
        return tied;
    }

    /// <summary>A line proves a payment, or gives it back; <paramref name="payment"/> is what rails and banks call it.</summary>
    public async Task<Result<BankLine>> TieToPayment(Actor actor, StatementLineId line, string payment)
    {
        var mode = actor.Book.Mode;
        if (await reads.Line(mode, line) is not { } row) return Errors.Missing();
        if (!Guid.TryParse(payment.Trim(), out var id) || await payments.Find(mode, id) is not { } found)
            return Errors.Field("/payment", "unknown", "There is no such payment in this mode.");
        if (found.Payment.Amount != row.Size)
            return Errors.Field("/payment", "invalid", "The payment has another amount than the line.");
        var tied = await Submit(actor, line, new LineDecision.TieToPayment(found.Workspace, id));
        if (tied.Ok) await credit.All(mode);
        return tied;
    }

    public Task<Result<BankLine>> Explain(Actor actor, StatementLineId line, BankLineState state) =>
        Submit(actor, line, new LineDecision.Explain(state));

    public Task<Result<BankLine>> PutBack(Actor actor, StatementLineId line) => Submit(actor, line, new LineDecision.PutBack());

    public Task<Result<BankLine>> SendBack(Actor actor, StatementLineId line, string? why) =>
        Noted(why, 1) is { } problem ? Task.FromResult<Result<BankLine>>(problem) : Submit(actor, line, new LineDecision.SendBack(why!));

    public Task<Result<BankLine>> Remark(Actor actor, StatementLineId line, string? text) =>
        Noted(text, 1) is { } problem ? Task.FromResult<Result<BankLine>>(problem) : Submit(actor, line, new LineDecision.Remark(text!));

    private static Error? Noted(string? text, int least) =>
        PlainText.Problem(text, least, NoteMax) is { } problem ? Errors.Field("/note", "invalid", problem) : null;

    private async Task<Result<BankLine>> Submit(Actor actor, StatementLineId line, LineDecision decision) =>
        (await house.Submit(new DecideLine(actor, line.Value, decision))).Map(a => a.Value);
}
