using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Requests;
using Npgsql;

namespace Bursar.Rooms.Spending.PolicyPages;

/// <summary>A decision of the past; <paramref name="Resource"/> is the id of what came of it, null where nothing was kept.</summary>
internal sealed record PastDecision(
    Guid Id, string? Resource, DisbursementKind Kind, string? AgentId, string MakerName, PastRequest Request)
{
    public static PastDecision Of(Disbursement d)
    {
        var record = d.Decision;
        var cameToNothing = d.State is DisbursementState.Rejected or DisbursementState.Expired or DisbursementState.Cancelled
            or DisbursementState.Failed;
        // An agent that held a token may have paid: its budget was used for good (PRODUCT S3).
        var mayHavePaid = d.Rail == SpendDetail.AgentPays && d.SatIssuedAt is not null;
        return new(d.Id, ApprovalSubject.Of(Json.Name(d.Kind), d.Id).Id, d.Kind, d.AgentId, d.MakerName, new PastRequest(
            d.CreatedAt, Order.InstructionOf(d), record.Verdict, record.Reason,
            cameToNothing && !mayHavePaid ? d.CompletedAt : null, record.Reason is "AGENT_FROZEN" or "INSUFFICIENT_FUNDS"));
    }

    public static PastDecision Of(Guid id, DateTimeOffset at, PrincipalKind maker, Guid credential, string makerName, RefusedOrder o) =>
        new(id, null, o.Kind, null, makerName, new PastRequest(
            at, o.InstructionOf(maker, credential), Verdict.Deny, o.Reason, FreedAt: null, Fixed: false));
}

/// <summary>
/// Everything that was asked in a book and currency, in its order. It lies with its disbursement, or in the journal where a policy refused
/// anybody but an agent.
/// </summary>
internal sealed class PastDecisions(Database database, BookKey book, string currency, DateTimeOffset to)
{
    public async Task<IReadOnlyList<PastDecision>> After(DateTimeOffset at, Guid id, int most)
    {
        var span = new { workspace = book.Workspace.Value, mode = (short)book.Mode, currency, at, id, to, most };
        var kept = await database.Read(book, $"""
            select {DisbursementTable.Columns} from disbursements d where d.workspace_id = @workspace and d.mode = @mode
                and d.created_at >= @at and d.created_at < @to and (d.created_at, d.disbursement_id) > (@at, @id) and d.currency = @currency
            order by d.created_at, d.disbursement_id limit @most
            """, span, r => PastDecision.Of(DisbursementTable.ReadRow(r)));
        var refused = await database.Read(book, """
            select subject, booked_at, actor_kind, credential, actor_name, data from journal j
            where j.workspace_id = @workspace and j.mode = @mode and j.type = 'decision.denied'
                and j.booked_at >= @at and j.booked_at < @to and (j.booked_at, j.subject) > (@at, @id)
                and j.data::json ->> 'currency' = @currency
            order by j.booked_at, j.subject limit @most
            """, span, Refused);
        return [.. kept.Concat(refused).OrderBy(p => p.Request.At).ThenBy(p => p.Id).Take(most)];
    }

    private static PastDecision Refused(NpgsqlDataReader r) => PastDecision.Of(r.GetGuid(0), r.Time(1), (PrincipalKind)r.GetInt16(2),
        r.GetGuid(3), r.GetString(4), Json.Read<RefusedOrder>(r.GetString(5)));
}
