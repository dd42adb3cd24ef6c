using Bursar.Core.Access;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Spending.Requests;

/// <summary>A webhook or callback about a spend, its approval or its anomalies.</summary>
public sealed record SpendDelivery
{
    public Guid DeliveryId { get; init; }
    public required string EventType { get; init; }
    public required string State { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? DeliveredAt { get; init; }
}

/// <summary>What happened to one spend, from the request to the receipt, and who was told (PRODUCT S8).</summary>
public sealed class SpendTrail(Database database)
{
    public async Task<IReadOnlyList<Step>> Steps(BookKey book, SpendRequest s)
    {
        var args = Args(book, s);
        var approvals = s.ApprovalId is null ? [] : await database.Read(book, $"""
            select {ApprovalTable.Columns} from approvals a
            where a.workspace_id = @workspace and a.mode = @mode and a.approval_id = @approval
            """, args, ApprovalTable.ReadRow);
        var attempts = await database.Query<Try>(book, """
            select rail, state, reason, started_at, answered_at, provider_reference from attempts
            where workspace_id = @workspace and mode = @mode and disbursement_id = @id order by number limit 20
            """, args);
        var steps = new List<Step>
        {
            new("Asked", StepState.Done, s.CreatedAt, s.AgentId, $"Through {s.RequestedBy}: {s.Reason}"),
            Decided(s),
        };
        if (approvals.Count > 0) steps.Add(Approval(approvals[0]));
        if (s.AuthorizedUntil is { } until) steps.AddRange(Tokens(s, until));
        foreach (var attempt in attempts) steps.AddRange(Tried(attempt));
        steps.Add(End(s));
        return steps;
    }

    /// <summary>The newest 50 deliveries about it.</summary>
    public Task<IReadOnlyList<SpendDelivery>> Deliveries(BookKey book, SpendRequest s) => database.Query<SpendDelivery>(book, """
        select d.delivery_id, d.event_type, d.state, d.created_at, d.delivered_at
        from journal j join deliveries d on d.workspace_id = j.workspace_id and d.mode = j.mode and d.position = j.position
        where j.workspace_id = @workspace and j.mode = @mode and j.public and j.subject = any(array[@id, @approval]::uuid[] || array(
            select a.anomaly_id from anomalies a where a.workspace_id = @workspace and a.mode = @mode and a.disbursement_id = @id))
        order by d.position desc, d.delivery_id limit 50
        """, Args(book, s));

    private static object Args(BookKey book, SpendRequest s) => new
    {
        workspace = book.Workspace.Value,
        mode = (short)book.Mode,
        id = s.SpendRequestId.Value,
        approval = s.ApprovalId?.Value,
    };

    private static Step Decided(SpendRequest s) => s.FirstDecision switch
    {
        "ALLOW" => new("Allowed by the policies", StepState.Done, s.CreatedAt),
        "DENY" => new("Denied", StepState.Failed, s.CreatedAt, null, ExplainText.Reason(s.DecisionReason)),
        _ => new("Sent to people by the policies", StepState.Done, s.CreatedAt),
    };

    private static Step Approval(Approval a) => a.State switch
    {
        ApprovalState.Pending => new("Waiting for approval", StepState.Now, Detail: "A person decides"),
        ApprovalState.Approved => new("Approved", StepState.Done, a.ResolvedAt, a.ResolvedBy, a.Note),
        ApprovalState.Rejected => new("Rejected", StepState.Failed, a.ResolvedAt, a.ResolvedBy, a.Note),
        ApprovalState.Expired => new("Expired", StepState.Failed, a.ResolvedAt, null, "Nobody decided in time"),
        _ => new("Cancelled", StepState.Failed, a.ResolvedAt, a.ResolvedBy),
    };

    private static IEnumerable<Step> Tokens(SpendRequest s, DateTimeOffset until)
    {
        yield return s.SatIssuedAt is { } issued
            ? new("Token issued", StepState.Done, issued)
            : new("Token not fetched yet", s.State == DisbursementState.Approved ? StepState.Now : StepState.Later);
        if (s.SatConsumedAt is { } used) yield return new("Token used", StepState.Done, used);
        if (s.State == DisbursementState.Expired) yield return new("Authorization ended", StepState.Failed, until);
    }

    private static IEnumerable<Step> Tried(Try t)
    {
        yield return new("Handed over", StepState.Done, t.StartedAt, null, $"Rail: {t.Rail}");
        if (t.AnsweredAt is not null)
            yield return new("Answered", t.State == "failed" ? StepState.Failed : StepState.Done, t.AnsweredAt, null,
                t.ProviderReference ?? t.Reason);
    }

    private static Step End(SpendRequest s)
    {
        if (s.Receipt is { } receipt)
            return new("Receipt recorded", s.Anomalies.Count == 0 ? StepState.Done : StepState.Failed, receipt.CreatedAt, null,
                $"{receipt.RailId} {receipt.ProviderTransactionId}");
        return s.State switch
        {
            DisbursementState.Succeeded => new("Paid", StepState.Done, s.CompletedAt),
            DisbursementState.Failed => new("Failed", StepState.Failed, s.CompletedAt, null, s.FailureReason),
            DisbursementState.Cancelled => new("Cancelled", StepState.Failed, s.CompletedAt),
            DisbursementState.Unknown => new("Waiting for an answer", StepState.Now, Detail: "It is asked again, never paid again"),
            DisbursementState.Approved or DisbursementState.Executing when s.SatIssuedAt is not null =>
                new("Waiting for the receipt", StepState.Now),
            _ => new("Nothing was paid", StepState.Later),
        };
    }

    private sealed record Try
    {
        public required string Rail { get; init; }
        public required string State { get; init; }
        public string? Reason { get; init; }
        public DateTimeOffset StartedAt { get; init; }
        public DateTimeOffset? AnsweredAt { get; init; }
        public string? ProviderReference { get; init; }
    }
}
