using System.Text.Json.Serialization;
using Bursar.Core.Policies;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Execution;
using Bursar.Rooms.Spending.Handles;
using Bursar.Rooms.Spending.Receipts;

namespace Bursar.Rooms.Spending.Requests;

/// <summary>
/// What an agent asked and what became of it, as the API, the events and the pages show it. <see cref="FirstDecision"/> is the
/// policies' word, <see cref="Decision"/> the present one, after people had theirs.
/// </summary>
public sealed record SpendRequest
{
    public required SpendRequestId SpendRequestId { get; init; }
    public required DisbursementState State { get; init; }
    public required string Decision { get; init; }
    public required string DecisionReason { get; init; }
    public required string FirstDecision { get; init; }
    public required string AgentId { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public required string Merchant { get; init; }
    public string? Category { get; init; }
    public required string Reason { get; init; }
    public required HandleId HandleId { get; init; }
    public long Fee { get; init; }
    public string? Sat { get; init; }
    public DateTimeOffset? SatIssuedAt { get; init; }
    /// <summary>When the token shown here dies.</summary>
    public DateTimeOffset? SatExpiresAt { get; init; }
    public DateTimeOffset? SatConsumedAt { get; init; }
    public ApprovalId? ApprovalId { get; init; }
    public DateTimeOffset? AuthorizedUntil { get; init; }
    public string? FailureReason { get; init; }
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
    public required string RequestedBy { get; init; }
    /// <summary>What GET of one request tells besides; lists and events leave it out.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Explanation? Explain { get; init; }
    public ReceiptResource? Receipt { get; init; }
    /// <summary>The names of its anomalies, also of those that were explained or dismissed.</summary>
    public IReadOnlyList<string> Anomalies { get; init; } = [];
    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }

    public static readonly DisbursementShape Shape = new(DisbursementKind.AgentSpend)
    {
        Event = state => state is DisbursementState.Succeeded or DisbursementState.Failed or DisbursementState.Unknown
            or DisbursementState.Reversed ? "spend.executed" : "spend.decided",
        Resource = Of,
        Approved = Authorized,
        GoesAtOnce = GoesAtOnce,
        ClaimReads = ExecutionRules.ClaimReads,
        HeldBack = ExecutionRules.HeldBack,
        Claimed = ExecutionRules.Claimed,
        AnswerReads = ReceiptRules.AnswerReads,
        Paid = ReceiptRules.Executed,
    };

    /// <summary>Allowed at once, its token goes out with the answer; approved by people, when the agent fetches it.</summary>
    private static Disbursement Authorized(Disbursement d)
    {
        var authorized = d with { AuthorizedUntil = d.ChangedAt.AddSeconds(SpendDetail.Of(d).AuthorizationSeconds) };
        return d.ApprovalId is not null || GoesAtOnce(d)
            ? authorized
            : ReceiptRules.AwaitReceipt(authorized with { SatIssuedAt = d.ChangedAt }, d.ChangedAt);
    }

    private static bool GoesAtOnce(Disbursement d) => d.Rail != SpendDetail.AgentPays && SpendDetail.Of(d).AutoExecute;

    public static SpendRequest Of(Disbursement d)
    {
        var record = d.Decision;
        var (decision, reason) = Standing(d, record);
        return new SpendRequest
        {
            SpendRequestId = new(d.Id),
            State = d.State,
            Decision = decision,
            DecisionReason = reason,
            FirstDecision = Word(record.Verdict),
            AgentId = d.AgentId!,
            Amount = d.Amount,
            Currency = d.Currency,
            Merchant = d.Merchant!,
            Category = d.Category,
            Reason = d.Reason!,
            HandleId = new(d.HandleId!.Value),
            Fee = d.Fee,
            SatIssuedAt = d.SatIssuedAt,
            SatConsumedAt = d.SatConsumedAt,
            ApprovalId = d.ApprovalId is { } approval ? new ApprovalId(approval) : null,
            AuthorizedUntil = d.AuthorizedUntil,
            FailureReason = d.FailureReason,
            Metadata = SpendDetail.Of(d).Metadata,
            RequestedBy = d.MakerName,
            CreatedAt = d.CreatedAt,
            CompletedAt = d.CompletedAt,
        };
    }

    /// <summary>The decision as it stands: the policies' own until a person, or time, has had the last word.</summary>
    private static (string Decision, string Reason) Standing(Disbursement d, DecisionRecord first) => (first.Verdict, d.State) switch
    {
        (Verdict.RequireApproval, DisbursementState.PendingApproval) => ("REQUIRE_APPROVAL", first.Reason),
        (Verdict.RequireApproval, DisbursementState.Rejected) => ("DENY", "REJECTED"),
        (Verdict.RequireApproval, DisbursementState.Expired) when d.AuthorizedUntil is null => ("DENY", "APPROVAL_EXPIRED"),
        (Verdict.RequireApproval, DisbursementState.Cancelled) when d.AuthorizedUntil is null => ("DENY", "CANCELLED"),
        (Verdict.RequireApproval, _) => ("ALLOW", "APPROVED"),
        _ => (Word(first.Verdict), first.Reason),
    };

    /// <summary>Decision words are upper case on the wire, as in their source.</summary>
    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Allow => "ALLOW",
        Verdict.Deny => "DENY",
        _ => "REQUIRE_APPROVAL",
    };
}

/// <summary>What belongs to an agent spend alone, kept with its row. Lives in seconds, as the handle had them when it was asked.</summary>
public sealed record SpendDetail(
    int SatSeconds, int AuthorizationSeconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] bool AutoExecute = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CallbackUrl = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Metadata = null)
{
    /// <summary>The rail of a spend that the agent pays by its own means: Bursar moves nothing.</summary>
    public const string AgentPays = "agent";

    /// <summary>The rail that calls the workspace's executor.</summary>
    public const string Executor = "executor";

    public static SpendDetail Of(Disbursement d) => d.Detail!.As<SpendDetail>();

    public static SpendDetail Of(HandleFact handle, string? callbackUrl, IReadOnlyDictionary<string, string>? metadata) =>
        new(handle.SatSeconds, handle.AuthorizationSeconds, handle.AutoExecute, callbackUrl, metadata);
}
