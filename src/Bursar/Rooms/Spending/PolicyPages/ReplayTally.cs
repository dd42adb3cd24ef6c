using Bursar.Core.Policies;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Requests;

namespace Bursar.Rooms.Spending.PolicyPages;

/// <summary>Counts what a replay decides, from a moment on, and keeps the newest rows that change.</summary>
internal sealed class ReplayTally(DateTimeOffset from, int rowsMax)
{
    private readonly Queue<ReplayPolicies.Row> rows = new();
    private readonly Dictionary<(Verdict Verdict, bool Changed), ReplayPolicies.Sum> sums = [];

    public static PastRequest PastOf(Disbursement d)
    {
        var record = d.Decision;
        var cameToNothing = d.State is DisbursementState.Rejected or DisbursementState.Expired or DisbursementState.Cancelled
            or DisbursementState.Failed;
        // An agent that held a token may have paid: its budget was used for good (PRODUCT S3).
        var mayHavePaid = d.Rail == SpendDetail.AgentPays && d.SatIssuedAt is not null;
        return new PastRequest(d.CreatedAt, Order.InstructionOf(d), record.Verdict, record.Reason,
            cameToNothing && !mayHavePaid ? d.CompletedAt : null, record.Reason is "AGENT_FROZEN" or "INSUFFICIENT_FUNDS");
    }

    public void Add(Disbursement d, PastRequest past, (Verdict Verdict, string Reason) now)
    {
        if (past.At < from) return;
        var key = (now.Verdict, now.Verdict != past.Decided);
        var sum = sums.GetValueOrDefault(key, new(0, 0));
        sums[key] = new(sum.Count + 1, checked(sum.Total + d.Amount));
        if (!key.Item2) return;
        if (rows.Count == rowsMax) rows.Dequeue();
        rows.Enqueue(new ReplayPolicies.Row(ApprovalSubject.Of(Json.Name(d.Kind), d.Id).Id, d.Kind, d.CreatedAt, d.AgentId,
            past.Instruction.Merchant, d.MakerName, d.Amount, SpendRequest.Word(past.Decided), past.Reason, SpendRequest.Word(now.Verdict),
            now.Reason));
    }

    public ReplayPolicies.Response Response(DateTimeOffset to, string currency, bool cut)
    {
        var (allowed, asks, denied) = (Of(Verdict.Allow), Of(Verdict.RequireApproval), Of(Verdict.Deny));
        return new(from, to, currency, Total(allowed, asks, denied), allowed, asks, denied, Changed(Verdict.Allow),
            Changed(Verdict.RequireApproval), Changed(Verdict.Deny), [.. rows.Reverse()], cut);
    }

    private ReplayPolicies.Sum Of(Verdict verdict) => Total(Changed(verdict), sums.GetValueOrDefault((verdict, false), new(0, 0)));

    private ReplayPolicies.Sum Changed(Verdict verdict) => sums.GetValueOrDefault((verdict, true), new(0, 0));

    private static ReplayPolicies.Sum Total(params ReadOnlySpan<ReplayPolicies.Sum> parts)
    {
        var total = new ReplayPolicies.Sum(0, 0);
        foreach (var part in parts) total = new(total.Count + part.Count, checked(total.Total + part.Total));
        return total;
    }
}
