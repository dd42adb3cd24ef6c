using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Platform.Books;

namespace Bursar.Platform.MoneyOut;

/// <summary>
/// What a rail answered, to a submission or to a query, or a person for it. Never moves a state backwards; an answer that says nothing new
/// changes nothing, and one that contradicts what was said before is kept for people to look at.
/// </summary>
public sealed class RecordAnswer(Actor actor, Guid id, RailAnswer answer, bool toQuery, DisbursementShapes shapes)
    : Command<Disbursement>(actor)
{
    public Guid Id => id;
    public RailAnswer Answer => answer;

    /// <summary>The kind of what was answered; it may book more than the row.</summary>
    public required DisbursementKind Kind { get; init; }

    /// <summary>
    /// Nobody heard an answer to the submission: whoever submitted it may have died before. It counts only where none was written down.
    /// </summary>
    public bool IsPresumed { get; init; }

    /// <summary>Who answers is a rail that the operator set up: what was handed to it has a row of its own.</summary>
    public bool FromSetUpRail { get; init; }

    /// <summary>A person answers, and says why; null for a rail. Theirs must change something, or it is refused.</summary>
    public string? Note { get; init; }

    /// <summary>Why this one is not theirs to answer for now, or null.</summary>
    public Func<Disbursement, Error?> Refuses { get; init; } = _ => null;

    /// <summary>A rail's own word for it is one of its kind's, whatever else the rail carries.</summary>
    private string? Reason => answer.Reason is { } said
        && (Kind == DisbursementKind.InternationalTransfer || (FromSetUpRail && Kind != DisbursementKind.AgentSpend))
        ? FailureReasons.Known(Kind, said) : answer.Reason;

    public override void Plan(Reads reads)
    {
        Disbursing.WantExisting(reads, this, id);
        reads.Of(AttemptTable.Instance).Want(Book, (id, 0));
        if (FromSetUpRail) reads.Of(RailOrderTable.Instance).Want(Book, id);
        shapes.Of(Kind).AnswerReads(reads, this);
    }

    public override Result<Disbursement> Decide(OpenBook book)
    {
        if (book.Find(DisbursementTable.Instance, id) is not { } d || d.Kind != Kind) return Errors.Missing();
        if (Refuses(d) is { } refused) return refused;
        var attempt = book.Find(AttemptTable.Instance, (id, d.Attempts));
        if (IsPresumed && attempt?.AnsweredAt is not null) return d;
        if (!toQuery && answer.Verdict == RailVerdict.Accepted && attempt is { AnsweredAt: null }) Take(book, d, attempt);
        if (answer.Question is { } question && d.State is DisbursementState.Executing or DisbursementState.Unknown)
            shapes.Of(Kind).Asked(book, d, question);
        var way = Way(d, answer.Verdict);
        if (way.Length == 0 || !d.State.CanBecome(way[0])) return Unmoved(book, d);
        var noted = Noted(d);
        book.Update(DisbursementTable.Instance, id, noted);
        if (Note is not null)
            book.Record("disbursement.told_by_hand", id, d.Version,
                new { answer = answer.Verdict, reason = Reason, reference = answer.ProviderReference, note = Note });
        foreach (var state in way) noted = Move(book, noted, state);
        if (noted.CompletedAt is not null && book.Find(RailOrderTable.Instance, id) is { DoneAt: null } order)
            book.Update(RailOrderTable.Instance, id, order with { DoneAt = book.At });
        if (noted.CompletedAt is not null) shapes.Of(Kind).Ended(book, noted);
        return noted;
    }

    /// <summary>The states that the answer leads through. What came back was paid before, whichever of the two is heard of first.</summary>
    private static DisbursementState[] Way(Disbursement d, RailVerdict verdict) => verdict switch
    {
        RailVerdict.Succeeded => [DisbursementState.Succeeded],
        RailVerdict.Refused => [DisbursementState.Failed],
        RailVerdict.Unknown => [DisbursementState.Unknown],
        // Nothing of it lies in the ledger that could be booked back.
        RailVerdict.Returned when d.AmountHold is null => [DisbursementState.Failed],
        RailVerdict.Returned when d.State == DisbursementState.Succeeded => [DisbursementState.Reversed],
        RailVerdict.Returned => [DisbursementState.Succeeded, DisbursementState.Reversed],
        _ => [],
    };

    private Disbursement Move(OpenBook book, Disbursement d, DisbursementState state)
    {
        Close(book, d.Attempts, state);
        var moved = book.Become(d, state, shapes, state == DisbursementState.Succeeded ? null : Reason);
        return state == DisbursementState.Succeeded ? shapes.Of(Kind).Paid(book, moved, answer.ProviderReference) : moved;
    }

    private Result<Disbursement> Unmoved(OpenBook book, Disbursement d)
    {
        if (Note is not null)
            return new Error(Errors.StateConflict, "Its state does not allow this any more. Look at it again.").With("state", d.State);
        if (Contradicts(d.State, answer.Verdict) && book.Find(RailOrderTable.Instance, id) is { Contradiction: null } order)
        {
            var said = answer.Reason is null ? Data.Json.Name(answer.Verdict) : $"{Data.Json.Name(answer.Verdict)} {answer.Reason}";
            book.Update(RailOrderTable.Instance, id, order with { Contradiction = said, ContradictedAt = book.At });
            book.Record("disbursement.contradicted", id, d.Version,
                new { state = d.State, answer = answer.Verdict, reason = answer.Reason });
        }
        if (!toQuery) return d;
        var noted = Noted(d);
        book.Update(DisbursementTable.Instance, id, noted);
        book.Record("disbursement.queried", id, noted.Version, new { number = noted.Queries, answer = answer.Verdict });
        return noted;
    }

    /// <summary>The rail has the order: that nothing is known of it can no longer be said.</summary>
    private void Take(OpenBook book, Disbursement d, Attempt attempt)
    {
        book.Update(AttemptTable.Instance, (id, d.Attempts), attempt with
        {
            State = Data.Json.Name(answer.Verdict),
            AnsweredAt = book.At,
            ProviderReference = answer.ProviderReference,
        });
        book.Record("disbursement.accepted", id, d.Version, new { rail = d.Rail, reference = answer.ProviderReference });
    }

    /// <summary>Both cannot be true. Late news of a step that was passed long ago is no contradiction.</summary>
    private static bool Contradicts(DisbursementState state, RailVerdict verdict) => (state, verdict)
        is (DisbursementState.Succeeded or DisbursementState.Reversed, RailVerdict.Refused)
        or (DisbursementState.Failed, RailVerdict.Succeeded or RailVerdict.Returned);

    /// <summary>Abroad the maker names the beneficiary, and no bank replaces that.</summary>
    private Disbursement Noted(Disbursement d) => d with
    {
        Queries = d.Queries + (toQuery ? 1 : 0),
        RecipientName = Kind == DisbursementKind.InternationalTransfer ? d.RecipientName : answer.RecipientName ?? d.RecipientName,
    };

    private void Close(OpenBook book, int number, DisbursementState state)
    {
        if (book.Find(AttemptTable.Instance, (id, number)) is { } attempt)
            book.Update(AttemptTable.Instance, (id, number),
                attempt with
                {
                    State = Data.Json.Name(state),
                    Reason = Reason,
                    AnsweredAt = book.At,
                    ProviderReference = answer.ProviderReference ?? attempt.ProviderReference,
                });
    }
}
