using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Approvals;

/// <summary>
/// POST /v1/approvals/{id}/decision: a member's verdict over exactly what was shown (PRODUCT S7). Members only, whatever the key.
/// </summary>
public sealed class Decide(Posting posting, ApprovalReads reads, ApprovalSubjects subjects, MoneyCodes codes)
{
    public enum Verdict { Approve, Reject }

    public sealed record Request(Verdict Verdict, string ContentHash, string? Note = null);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/approvals/{id}/decision", (HttpContext http, string id, Decide slice) =>
            Api.Call<Request, ApprovalResource>(http, (actor, request) => slice.Handle(actor, id, request)))
            .Describe<Request, ApprovalResource>("Decide an approval",
                new Request(Verdict.Approve, new string('0', 64), "Seen the invoice"));

    public async Task<Result<ApprovalResource>> Handle(Actor actor, string id, Request request)
    {
        if (request.Verdict == Verdict.Approve && ApprovalId.TryParse(id, out var asked) && await reads.Find(actor.Book, asked) is { } shown
            && await Ask(actor, Act(shown)) is { } unproved) return unproved;
        return await HandleProved(actor, id, request);
    }

    private static Phrase Act(Approval shown) =>
        $"approve {MoneyText.Full(new Money(shown.Amount, Currency.Get(shown.Currency)))} to {shown.Beneficiary}";

    /// <summary>
    /// Approving lets money leave: where the workspace wants it so, a code stands for the whole of what is approved in one go.
    /// </summary>
    public async Task<Error?> Ask(Actor actor, Phrase act) =>
        actor.May(Permission.ApproveTransactions) ? await codes.Ask(actor, () => act) : null;

    /// <summary>As above, after <see cref="Ask"/>.</summary>
    public async Task<Result<ApprovalResource>> HandleProved(Actor actor, string id, Request request)
    {
        if (actor.Kind != PrincipalKind.Member || actor.Require(Permission.ApproveTransactions) is not null)
            return Errors.Denied(Permission.ApproveTransactions);
        if (request.Note is not null && PlainText.Problem(request.Note, 1, 500) is { } note) return Errors.Field("/note", "invalid", note);
        if (!ApprovalId.TryParse(id, out var approval) || await reads.Find(actor.Book, approval) is not { } known) return Errors.Missing();
        var about = await subjects.Look(actor.Book, known.Kind, known.Subject);
        var answer = await posting.Submit(new DecideApproval(actor, approval, known.Subject, request.Verdict == Verdict.Approve,
            request.Note, request.ContentHash, about)
        {
            Needs = Permission.ApproveTransactions,
        });
        return answer.Map(a => a.Value);
    }
}
