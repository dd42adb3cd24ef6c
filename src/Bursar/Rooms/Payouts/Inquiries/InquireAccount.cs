using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Http;

namespace Bursar.Rooms.Payouts.Inquiries;

/// <summary>POST and GET /v1/account-inquiries: whose account is this (PRODUCT P2)?</summary>
public sealed class InquireAccount(Database database, AccountHolders holders)
{
    /// <summary>Names and numbers of people: kept for as long as somebody may ask what was answered.</summary>
    public static readonly Retention Kept = new(TimeSpan.FromDays(90), """
        delete from account_inquiries where ctid = any(array(
            select ctid from account_inquiries where created_at < @before and next_ask is null limit @most))
        """);

    public sealed record Request(string BankCode, string AccountNumber);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/account-inquiries", (HttpContext http, InquireAccount slice) =>
            Api.Create<Request, Inquiry>(http, slice.Handle))
            .Describe<Request, Inquiry>("Ask whose account it is", new Request("bca", "5270997481"), 201, takesKey: true);
        routes.MapGet("/v1/account-inquiries/{id}", (HttpContext http, string id, InquireAccount slice) => Api.Call(http, async actor =>
            InquiryId.TryParse(id, out var inquiry) ? await slice.Get(actor, inquiry) : Errors.Missing()))
            .Describe<Inquiry>("Get an account inquiry");
    }

    public async Task<Result<Answer<Inquiry>>> Handle(Actor actor, Request request, IdempotencyKey key)
    {
        if (actor.Require(Permission.CreateTransactions) is { } denied) return denied;
        if (AccountHolders.Problems(request.BankCode, request.AccountNumber) is { Length: > 0 } problems) return Errors.Invalid(problems);
        return await holders.Ask(
            actor, Permission.CreateTransactions, DisbursementKind.MoneyTransfer, request.BankCode, request.AccountNumber, key);
    }

    public async Task<Result<Inquiry>> Get(Actor actor, InquiryId id)
    {
        if (actor.Require(Permission.ViewTransactions) is { } denied) return denied;
        var rows = await database.Read(actor.Book, $"""
            select {InquiryTable.Columns} from account_inquiries i
            where i.workspace_id = @workspace and i.mode = @mode and i.inquiry_id = @id
            """, new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode, id = id.Value }, InquiryTable.ReadRow);
        return rows is [var row] ? Inquiry.Of(row) : Errors.Missing();
    }
}
