using Bursar.Core.Access;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Books;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Payouts.BankDirectory;

/// <summary>POST /v1/test/bank-status: disturbs a bank of this test book and of no other, to see what becomes of transfers.</summary>
public sealed class SetTestBank(Posting posting, BankStatuses statuses)
{
    public const int MessageMax = 200;

    public sealed record Request(string BankCode, BankCondition Status, string? Message = null);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/test/bank-status", (HttpContext http, SetTestBank slice) =>
            Api.Call<Request, BankResource>(http, slice.Handle))
            .Describe<Request, BankResource>("Disturb a bank of the test book",
                new Request("bca", BankCondition.HeavilyDisturbed, "Maintenance until 05.00"));

    public async Task<Result<BankResource>> Handle(Actor actor, Request request)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        if (actor.Book.Mode != Mode.Test) return new Error(Errors.ModeMismatch, "In live mode the operator says how the banks are.");
        if (Banks.Find(request.BankCode) is not { } bank) return Errors.Field("/bankCode", "unknown", "This bank is not known.");
        if (request.Message is not null && PlainText.Problem(request.Message, 1, MessageMax) is { } problem)
            return Errors.Field("/message", "invalid", problem);
        var waiting = (await statuses.Queues(actor.Book)).GetValueOrDefault(bank.Code);
        var answer = await posting.Submit(new Command(actor, bank, request, waiting) { Needs = Permission.ManageApi });
        if (answer.Ok && request.Status != BankCondition.HeavilyDisturbed) await statuses.LetGo(bank.Code, actor.Book);
        return answer.Map(a => a.Value);
    }

    private sealed class Command(Actor actor, Bank bank, Request request, long waiting) : Command<BankResource>(actor)
    {
        public override void Plan(Reads reads) => reads.WantBank(this, bank.Code);

        public override Result<BankResource> Decide(OpenBook book)
        {
            var before = book.Find(BankStatusTable.Instance, bank.Code);
            if ((before?.Condition ?? BankCondition.Operational) == request.Status && before?.Message == request.Message)
                return BankResource.Of(bank, before, waiting);
            var version = (before?.Version ?? 0) + 1;
            return book.TellOfBank(bank, new BankStatus(request.Status, request.Message, book.At, version, version), waiting);
        }
    }
}

public static class BankTelling
{
    /// <summary>Books that a bank changed: the book's row and its public event.</summary>
    public static BankResource TellOfBank(this OpenBook book, Bank bank, BankStatus status, long waiting)
    {
        var resource = BankResource.Of(bank, status, waiting);
        book.Insert(BankStatusTable.Instance, bank.Code, status);
        book.Publish(BankResource.StatusChanged, book.Key.Workspace.Value, checked((int)status.Version), resource);
        return resource;
    }
}
