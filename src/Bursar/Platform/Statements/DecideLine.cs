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
    /// <summary>It goes back to whoever sent it.</summary>
    public sealed record SendBack(string Why) : LineDecision;
    public sealed record Remark(string Text) : LineDecision;
}

public sealed class DecideLine(Actor actor, Guid line, LineDecision decision) : Command<BankLine>(actor)
{
    public override void Plan(Reads reads)
    {
        reads.Of(BankLineTable.Instance).Want(Book, line);
        reads.WantAccounts(this, AccountCode.Suspense, AccountCode.Customers, AccountCode.Returns);
    }

    public override Result<BankLine> Decide(OpenBook book)
    {
        if (book.Find(BankLineTable.Instance, line) is not { } row) return Errors.Missing();
        if (row.State != BankLineState.Suspense && decision is not LineDecision.Remark)
            return new Error(Errors.AlreadyResolved, "Somebody decided on this line already.");
        var changed = decision switch
        {
            LineDecision.TieTo to => row with
            {
                State = BankLineState.Matching,
                OwnerWorkspace = to.Workspace.Value,
                Collection = to.Collection,
                Hold = book.Hold(AccountCode.Suspense, AccountCode.Customers, row.Amount, line).Value.Value,
            },
            LineDecision.SendBack back => SendBack(book, row, back.Why),
            LineDecision.Remark remark => row with { Note = remark.Text },
            _ => throw new InvalidOperationException("no such decision"),
        };
        changed = changed with { Version = row.Version + 1, ChangedAt = book.At };
        book.Update(BankLineTable.Instance, line, changed);
        book.Record(decision switch
        {
            LineDecision.TieTo => "statement_line.tied",
            LineDecision.SendBack => "statement_line.to_return",
            _ => "statement_line.remarked",
        }, line, changed.Version, new
        {
            line = new StatementLineId(line),
            row.Amount,
            changed.Note,
            topUp = changed.Collection is { } topUp ? new TopUpId(topUp) : (TopUpId?)null,
        });
        return changed;
    }

    private BankLine SendBack(OpenBook book, BankLine row, string why)
    {
        Invariant.Hold(book.Move(AccountCode.Suspense, AccountCode.Returns, row.Amount, line).Ok);
        return row with { State = BankLineState.ToReturn, Note = why };
    }
}

/// <summary>The suspense desk's verbs, as the operator's page calls them.</summary>
public sealed class SuspenseDesk(House house, ReceivingAccounts accounts, TopUpCandidates candidates, CreditMatches credit)
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

    public Task<Result<BankLine>> SendBack(Actor actor, StatementLineId line, string? why) =>
        Noted(why, 1) is { } problem ? Task.FromResult<Result<BankLine>>(problem) : Submit(actor, line, new LineDecision.SendBack(why!));

    public Task<Result<BankLine>> Remark(Actor actor, StatementLineId line, string? text) =>
        Noted(text, 1) is { } problem ? Task.FromResult<Result<BankLine>>(problem) : Submit(actor, line, new LineDecision.Remark(text!));

    private static Error? Noted(string? text, int least) =>
        PlainText.Problem(text, least, NoteMax) is { } problem ? Errors.Field("/note", "invalid", problem) : null;

    private async Task<Result<BankLine>> Submit(Actor actor, StatementLineId line, LineDecision decision) =>
        (await house.Submit(new DecideLine(actor, line.Value, decision))).Map(a => a.Value);
}
