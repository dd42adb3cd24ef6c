using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Statements;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.MoneyOut;

/// <summary>A line of a bank's statement, and the payment of a file that it proves to be paid or to have come back.</summary>
public sealed record SettledLine(StatementLine Line, BookKey Book, Guid Disbursement, DisbursementState State);

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
    /// Settles what a bank's statement proves: money out with the end-to-end id of a payment of ours and its amount was paid, money in with
    /// both came back. Returns those lines; of all others it says nothing. The same lines again change nothing.
    /// </summary>
    public async Task<IReadOnlyList<SettledLine>> Settle(Mode mode, string currency, IReadOnlyList<StatementLine> lines)
    {
        var named = new List<(StatementLine Line, Guid Id)>();
        foreach (var line in lines)
            if (Guid.TryParseExact(line.EndToEndId, "N", out var id)) named.Add((line, id));
        var orders = (await Orders([.. named.Select(n => n.Id).Distinct()])).ToDictionary(o => o.DisbursementId);
        var settled = new List<SettledLine>();
        foreach (var (line, id) in named)
        {
            if (!orders.TryGetValue(id, out var order) || order.Book.Mode != mode || order.Currency != currency
                || order.Amount != Math.Abs(line.Amount)) continue;
            var verdict = line.Amount < 0 ? RailVerdict.Succeeded : RailVerdict.Returned;
            var told = await Record(order, new RailAnswer(verdict, verdict == RailVerdict.Returned ? FailureReasons.Other : null,
                ProviderReference: line.BankReference));
            if (told.Ok) settled.Add(new SettledLine(line, order.Book, id, told.Value.State));
        }
        return settled;
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
