using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Books;
using Bursar.Platform.Http;

namespace Bursar.Rooms.Payouts.International.Information;

/// <summary>
/// POST /v1/information-requests/{id}/answer: tells the other side what it wanted to know, once. The answer and its files go to whoever
/// asked; the transfer goes on when they say so.
/// </summary>
public sealed class AnswerInformation(IPosting posting, InformationReads reads)
{
    public const int AnswerMax = 2000;
    private const int FilesMax = 5;

    /// <summary>Answer 1–2000 characters, line breaks included; up to 5 attachments that nothing else has.</summary>
    public sealed record Request(string Answer, IReadOnlyList<AttachmentId>? AttachmentIds = null);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/information-requests/{id}/answer", (HttpContext http, string id, AnswerInformation slice) =>
            Api.Create<Request, InformationRequestResource>(http, (actor, request, key) => slice.Handle(actor, id, request, key), 200))
            .Describe<Request, InformationRequestResource>("Answer an information request",
                new("It pays invoice 2291 for printed labels; the invoice is attached.",
                    [new(new Guid("019e5b1c-2f00-7a31-8c5d-4b6e7f809a1b"))]), takesKey: true);

    public async Task<Result<Answer<InformationRequestResource>>> Handle(Actor actor, string id, Request request, IdempotencyKey key)
    {
        if (actor.Require(Permission.CreateTransactions) is { } denied) return denied;
        if (!InformationRequestId.TryParse(id, out var wanted) || await reads.Find(actor.Book, wanted) is not { } known)
            return Errors.Missing();
        var answer = request.Answer.ReplaceLineEndings("\n").Trim();
        if (Lines.Problem(answer, AnswerMax) is { } problem) return Errors.Field("/answer", "invalid", problem);
        var files = request.AttachmentIds ?? [];
        if (files.Count > FilesMax) return Errors.Field("/attachmentIds", "too_many", $"Up to {FilesMax} files.");
        return await posting.Submit(new Command(actor, known, answer, files)
        {
            Needs = Permission.CreateTransactions,
            Idempotency = key,
        });
    }

    private sealed class Command(Actor actor, InformationRequest known, string answer, IReadOnlyList<AttachmentId> files)
        : Command<InformationRequestResource>(actor)
    {
        public override void Plan(Reads reads)
        {
            reads.WantQuestions(this, known.Transfer);
            foreach (var file in files) reads.Of(AttachmentTable.Instance).Want(Book, file.Value);
        }

        public override Result<InformationRequestResource> Decide(OpenBook book)
        {
            if (book.Find(InformationTable.Instance, (known.Transfer, known.Id)) is not { } request) return Errors.Missing();
            if (request.State == InformationState.Answered)
                return new Error(Errors.AlreadyResolved, $"{request.AnsweredBy} answered this already.")
                    .With("winner", new { by = request.AnsweredBy, at = request.AnsweredAt });
            if (request.State != InformationState.Open)
                return new Error(Errors.StateConflict, "Nobody waits for this answer any more.").With("state", request.State);
            for (var i = 0; i < files.Count; i++)
                if (book.Take(files[i], request.Id, $"/attachmentIds/{i}") is { } refused) return refused;
            return InformationRequestResource.Of(book.Answer(request, answer));
        }
    }
}

/// <summary>Text of several lines, each as plain as a single one.</summary>
internal static class Lines
{
    public static string? Problem(string text, int most) => PlainText.Problem(text.Replace('\n', ' '), 1, most);
}
