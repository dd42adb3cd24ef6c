using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.MoneyOut;

/// <summary>What rails tell by themselves: found by the reference they know, recorded like any other answer.</summary>
public sealed class RailNews(Database database, Posting posting, DisbursementShapes shapes, TimeProvider time)
{
    /// <summary>Durable when it returns. <c>not_found</c>: no such order was handed to this rail.</summary>
    public async Task<Result<Disbursement>> Tell(string rail, Guid reference, RailAnswer answer)
    {
        var orders = await Orders([reference]);
        return orders.Count == 1 && orders[0].Rail == rail ? await Record(orders[0], answer) : Errors.Missing();
    }

    /// <summary>
    /// A line of the bank's statement says that a payment was paid, or that it came back. Durable when it returns, and the same again
    /// changes nothing. The answer is the payment as it stands: its state tells whether it agrees.
    /// </summary>
    public async Task<Result<Disbursement>> Settle(Guid reference, bool cameBack, string? bankReference)
    {
        if (await Orders([reference]) is not [var order]) return Errors.Missing();
        return await Record(order, cameBack
            ? new RailAnswer(RailVerdict.Returned, FailureReasons.Other, ProviderReference: bankReference)
            : new RailAnswer(RailVerdict.Succeeded, ProviderReference: bankReference));
    }

    private async Task<Result<Disbursement>> Record(Handed order, RailAnswer answer)
    {
        var actor = Actor.System(order.Book, $"Rail {order.Rail}", RequestId.New(time.GetUtcNow()));
        var told = await posting.Submit(new RecordAnswer(actor, order.DisbursementId, answer, toQuery: false, shapes)
        {
            Kind = Json.Parse<DisbursementKind>(order.Kind),
            FromSetUpRail = true,
        });
        return told.Map(t => t.Value);
    }

    private async Task<List<Handed>> Orders(Guid[] references)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        return (await connection.QueryAsync<Handed>("""
            select o.disbursement_id, o.workspace_id, o.mode, o.rail, d.kind, d.amount, d.currency
            from rail_orders o
            join disbursements d on d.workspace_id = o.workspace_id and d.mode = o.mode and d.disbursement_id = o.disbursement_id
            where o.disbursement_id = any(@references)
            """, new { references })).AsList();
    }

    private sealed record Handed
    {
        public Guid DisbursementId { get; init; }
        public Guid WorkspaceId { get; init; }
        public short Mode { get; init; }
        public required string Rail { get; init; }
        public required string Kind { get; init; }
        public long Amount { get; init; }
        public required string Currency { get; init; }

        public BookKey Book => new(new(WorkspaceId), (Mode)Mode);
    }
}
