using Bursar.Core.Access;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Http;

namespace Bursar.Rooms.Payouts.Inquiries;

/// <summary>POST /v1/test/account-inquiries/{id}/outcome: what the bank says of a pending one, in test mode only.</summary>
public sealed class SimulateInquiry(Posting posting)
{
    public sealed record Request(InquiryStatus Status, string? AccountHolder = null);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/test/account-inquiries/{id}/outcome", (HttpContext http, string id, SimulateInquiry slice) =>
            Api.Call<Request, Inquiry>(http, (actor, request) => slice.Handle(actor, id, request)))
            .Describe<Request, Inquiry>("Answer as the bank", new Request(InquiryStatus.Success, "Dewi Wijaya"));

    public async Task<Result<Inquiry>> Handle(Actor actor, string id, Request request)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        if (actor.Book.Mode != Mode.Test) return new Error(Errors.ModeMismatch, "Only test mode has a simulator.");
        if (!InquiryId.TryParse(id, out var inquiry)) return Errors.Missing();
        if (request.Status == InquiryStatus.Pending) return Errors.Field("/status", "invalid", "It is pending already.");
        if (InquiryAnswer.Of(request.Status, request.AccountHolder) is not { } told)
            return Errors.Field("/accountHolder", "invalid", $"The holder's name, 1 to {InquiryAnswer.HolderMax} characters.");
        var answer = await posting.Submit(new AnswerInquiry(actor, inquiry.Value, told) { Needs = Permission.ManageApi });
        return answer.Map(a => a.Value);
    }
}
