using Bursar.Platform.Books;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Payouts.International.Information;

/// <summary>What becomes of questions on an open book. None of it touches the money.</summary>
public static class Asking
{
    /// <summary>Booked with the question as data.</summary>
    public const string Requested = "international_transfer.information_requested", Answered = "international_transfer.information_answered";
    private const string Ended = "international_transfer.information_ended";

    /// <summary>How long an answer is waited for where whoever asks does not say; then it is overdue, and still waited for.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(3);

    /// <summary>Questions of one transfer, over all its time: a partner that asks in a loop fills nobody's mailbox.</summary>
    public const int Most = 20;

    public static void WantQuestions(this Reads reads, Command command, Guid transfer) =>
        reads.Of(InformationTable.Instance).Want(command.Book, (transfer, Guid.Empty));

    /// <summary>Asks, once for each wording; null when it was asked already or too much was asked.</summary>
    public static InformationRequest? Ask(this OpenBook book, Disbursement transfer, string question, AskedBy by, DateTimeOffset due)
    {
        var before = book.QuestionsOf(transfer.Id);
        if (before.Count >= Most || before.Any(r => r.Question == question)) return null;
        var request = new InformationRequest
        {
            Transfer = transfer.Id,
            Id = InformationRequestId.New(book.At).Value,
            State = InformationState.Open,
            Version = 1,
            Question = question,
            AskedBy = by,
            AskedAt = book.At,
            DueAt = due,
        };
        book.Insert(InformationTable.Instance, (request.Transfer, request.Id), request);
        book.Publish(Requested, request.Transfer, request.Version, InformationRequestResource.Of(request));
        return request;
    }

    public static InformationRequest Answer(this OpenBook book, InformationRequest request, string answer)
    {
        var answered = request with
        {
            State = InformationState.Answered,
            Version = request.Version + 1,
            Answer = answer,
            AnsweredBy = book.Actor.Name,
            AnsweredAt = book.At,
        };
        book.Update(InformationTable.Instance, (request.Transfer, request.Id), answered);
        book.Publish(Answered, request.Transfer, answered.Version, InformationRequestResource.Of(answered));
        return answered;
    }

    /// <summary>Nothing more is wanted: an answered question closes, one without an answer is withdrawn.</summary>
    public static InformationRequest End(this OpenBook book, InformationRequest request)
    {
        var ended = request with
        {
            State = request.State == InformationState.Answered ? InformationState.Closed : InformationState.Withdrawn,
            Version = request.Version + 1,
            EndedAt = book.At,
        };
        book.Update(InformationTable.Instance, (request.Transfer, request.Id), ended);
        book.Record(Ended, request.Transfer, ended.Version, InformationRequestResource.Of(ended));
        return ended;
    }

    /// <summary>A transfer that has ended asks for nothing.</summary>
    public static void EndQuestions(this OpenBook book, Disbursement transfer)
    {
        foreach (var request in book.QuestionsOf(transfer.Id))
            if (request.EndedAt is null) book.End(request);
    }

    private static List<InformationRequest> QuestionsOf(this OpenBook book, Guid transfer) =>
        [.. book.All(InformationTable.Instance).Where(r => r.Key.Transfer == transfer).Select(r => r.Row)];
}
