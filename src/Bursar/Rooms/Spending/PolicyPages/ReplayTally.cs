using Bursar.Core.Policies;
using Bursar.Rooms.Spending.Requests;

namespace Bursar.Rooms.Spending.PolicyPages;

/// <summary>Counts what a replay decides, from a moment on, and keeps the newest rows that change.</summary>
internal sealed class ReplayTally(DateTimeOffset from, int rowsMax)
{
    private readonly Queue<ReplayPolicies.Row> rows = new();
    private readonly Dictionary<(Verdict Verdict, bool Changed), ReplayPolicies.Sum> sums = [];

    public void Add(PastDecision past, (Verdict Verdict, string Reason) now)
    {
        var request = past.Request;
        if (request.At < from) return;
        var key = (now.Verdict, Changed: now.Verdict != request.Decided);
        var sum = sums.GetValueOrDefault(key, new(0, 0));
        var amount = request.Instruction.Amount;
        sums[key] = new(sum.Count + 1, checked(sum.Total + amount));
        if (!key.Changed) return;
        if (rows.Count == rowsMax) rows.Dequeue();
        rows.Enqueue(new ReplayPolicies.Row(past.Resource, past.Kind, request.At, past.AgentId, request.Instruction.Merchant,
            past.MakerName, amount, SpendRequest.Word(request.Decided), request.Reason, SpendRequest.Word(now.Verdict), now.Reason));
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
