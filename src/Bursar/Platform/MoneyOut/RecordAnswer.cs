using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Platform.Books;

namespace Bursar.Platform.MoneyOut;

/// <summary>
/// What a rail answered, to a submission or to a query. Never moves a state backwards; an answer that says nothing new changes nothing.
/// </summary>
public sealed class RecordAnswer(Actor actor, Guid id, RailAnswer answer, bool toQuery, DisbursementShapes shapes)
    : Command<Disbursement>(actor)
{
    public Guid Id => id;
    public RailAnswer Answer => answer;

    /// <summary>The kind of what was answered; it may book more than the row.</summary>
    public required DisbursementKind Kind { get; init; }

    public override void Plan(Reads reads)
    {
        Disbursing.WantExisting(reads, this, id);
        reads.Of(AttemptTable.Instance).Want(Book, (id, 0));
        shapes.Of(Kind).AnswerReads(reads, this);
    }

    public override Result<Disbursement> Decide(OpenBook book)
    {
        if (book.Find(DisbursementTable.Instance, id) is not { } d || d.Kind != Kind) return Errors.Missing();
        DisbursementState? next = answer.Verdict switch
        {
            RailVerdict.Succeeded => DisbursementState.Succeeded,
            RailVerdict.Refused => DisbursementState.Failed,
            RailVerdict.Unknown => DisbursementState.Unknown,
            RailVerdict.Returned => d.State == DisbursementState.Succeeded ? DisbursementState.Reversed : DisbursementState.Failed,
            _ => null,
        };
        var moves = next is { } to && d.State.CanBecome(to);
        if (!moves && !toQuery) return d;
        var noted = d with { Queries = d.Queries + (toQuery ? 1 : 0), RecipientName = answer.RecipientName ?? d.RecipientName };
        book.Update(DisbursementTable.Instance, id, noted);
        if (!moves)
        {
            book.Record("disbursement.queried", id, noted.Version, new { number = noted.Queries, answer = answer.Verdict });
            return noted;
        }
        Close(book, d.Attempts, next!.Value);
        var moved = book.Become(noted, next.Value, shapes, answer.Reason);
        return moved.State == DisbursementState.Succeeded ? shapes.Of(Kind).Paid(book, moved, answer.ProviderReference) : moved;
    }

    private void Close(OpenBook book, int number, DisbursementState state)
    {
        if (book.Find(AttemptTable.Instance, (id, number)) is { } attempt)
            book.Update(AttemptTable.Instance, (id, number),
                attempt with
            {
                State = Data.Json.Name(state),
                Reason = answer.Reason,
                AnsweredAt = book.At,
                ProviderReference = answer.ProviderReference,
            });
    }
}
