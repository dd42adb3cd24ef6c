using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Payouts.International.Information;

/// <summary>The operator passes on what a partner wants to know of an order on its way, and says when it is content.</summary>
public sealed class AskInformation(Posting posting)
{
    public const int QuestionMax = 1000;
    public const int DaysMax = 30;

    public async Task<Result<InformationRequest>> Ask(Actor desk, Guid transfer, string question, int? days)
    {
        var asked = question.ReplaceLineEndings("\n").Trim();
        if (Lines.Problem(asked, QuestionMax) is { } problem) return Errors.Field("/question", "invalid", problem);
        if (days is not (>= 1 and <= DaysMax)) return Errors.Field("/days", "invalid", $"1 to {DaysMax} days.");
        return (await posting.Submit(new AskCommand(desk, transfer, asked, TimeSpan.FromDays(days.Value)))).Map(a => a.Value);
    }

    public async Task<Result<InformationRequest>> End(Actor desk, Guid transfer, Guid id) =>
        (await posting.Submit(new EndCommand(desk, transfer, id))).Map(a => a.Value);

    private sealed class AskCommand(Actor actor, Guid transfer, string question, TimeSpan life) : Command<InformationRequest>(actor)
    {
        public override void Plan(Reads reads)
        {
            reads.Of(DisbursementTable.Instance).Want(Book, transfer);
            reads.WantQuestions(this, transfer);
        }

        public override Result<InformationRequest> Decide(OpenBook book)
        {
            if (book.Find(DisbursementTable.Instance, transfer) is not { Kind: DisbursementKind.InternationalTransfer } d)
                return Errors.Missing();
            if (d.State is not (DisbursementState.Executing or DisbursementState.Unknown))
                return new Error(Errors.StateConflict, "It is not on its way. There is nothing to ask for.").With("state", d.State);
            return book.Ask(d, question, AskedBy.Operator, book.At + life) is { } request ? request
                : new Error(Errors.StateConflict, "This was asked already, or nothing more can be asked.");
        }
    }

    private sealed class EndCommand(Actor actor, Guid transfer, Guid id) : Command<InformationRequest>(actor)
    {
        public override void Plan(Reads reads) => reads.WantQuestions(this, transfer);

        public override Result<InformationRequest> Decide(OpenBook book)
        {
            if (book.Find(InformationTable.Instance, (transfer, id)) is not { } request) return Errors.Missing();
            return request.EndedAt is null ? book.End(request)
                : new Error(Errors.AlreadyResolved, "This question has ended already.").With("state", request.State);
        }
    }
}
