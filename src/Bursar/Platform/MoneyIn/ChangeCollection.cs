using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Ledger;

namespace Bursar.Platform.MoneyIn;

/// <summary>What may happen to an open collection.</summary>
public abstract record CollectionChange
{
    /// <summary>The customer says that it was paid; changes no balance.</summary>
    public sealed record Confirm(bool ViaAtm) : CollectionChange;
    public sealed record Cancel : CollectionChange;
    public sealed record Expire : CollectionChange;
    /// <summary>
    /// Money arrived, by this line of a statement where there is one. All of it is credited; another amount than the exact one is a
    /// mismatch. A line that a person or an exact amount ties to it counts also after it expired or was cancelled.
    /// </summary>
    public sealed record Receive(long Amount, Guid? Line = null) : CollectionChange;
}

/// <summary>Moves a collection along its states; the money that arrived is credited in the same breath.</summary>
public sealed class ChangeCollection<T>(Actor actor, CollectionKind kind, Guid id, CollectionChange change, CollectionShapes shapes)
    : Command<T>(actor) where T : class
{
    public override void Plan(Reads reads)
    {
        reads.Of(CollectionTable.Instance).Want(Book, id);
        reads.WantAccounts(this, AccountCode.Funding, AccountCode.Deposit);
    }

    public override Result<T> Decide(OpenBook book)
    {
        if (book.Find(CollectionTable.Instance, id) is not { } c || c.Kind != kind) return Errors.Missing();
        var received = change as CollectionChange.Receive;
        // The second posting of a line that was credited before the first one's answer was known.
        if (received?.Line is { } line && line == c.ReceivedLine) return (T)shapes.Of(kind).Resource(c);
        var isFinal = received?.Line is null ? !c.State.IsOpen() : c.Received is not null;
        if (isFinal) return new Error(Errors.StateConflict, "It is no longer open.").With("state", c.State);
        var state = change switch
        {
            CollectionChange.Confirm => CollectionState.ConfirmedByUser,
            CollectionChange.Cancel => CollectionState.Cancelled,
            CollectionChange.Receive r => r.Amount == c.PayAmount ? CollectionState.Completed : CollectionState.Mismatch,
            _ => c.ExpiresAt <= book.At ? CollectionState.Expired : c.State,
        };
        if (state == c.State && change is not CollectionChange.Confirm) return new Error(Errors.StateConflict, "Not yet.");
        var changed = c with
        {
            State = state,
            Version = c.Version + 1,
            ChangedAt = book.At,
            CompletedAt = received is null ? null : book.At,
            ViaAtm = change is CollectionChange.Confirm confirm ? confirm.ViaAtm : c.ViaAtm,
            Received = received?.Amount,
            ReceivedLine = received?.Line,
        };
        if (received is not null) Invariant.Hold(book.Move(AccountCode.Funding, AccountCode.Deposit, received.Amount, id).Ok);
        book.Update(CollectionTable.Instance, id, changed);
        var shape = shapes.Of(kind);
        var resource = (T)shape.Resource(changed);
        var type = $"{shape.EventPrefix}.{Data.Json.Name(state)}";
        if (state is CollectionState.Completed or CollectionState.Expired or CollectionState.Mismatch)
            book.Publish(type, id, changed.Version, resource);
        else book.Record(type, id, changed.Version, resource);
        return resource;
    }
}
