using System.Text.Json;

namespace Bursar.Sdk;

/// <summary>How a spend is asked for.</summary>
public sealed record SpendOptions
{
    /// <summary>Names this one purchase (an order number); asked again with it, it is the same purchase. Made anew when absent.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>How long to wait when people must decide; zero: answer <see cref="ApprovalRequired"/> at once.</summary>
    public TimeSpan WaitForApproval { get; init; }
}

/// <summary>/v1/spend-requests: ask before paying, pay, report. A key of scope spend is enough.</summary>
public sealed class Spends
{
    private static readonly TimeSpan PollFirst = TimeSpan.FromMilliseconds(500), PollMax = TimeSpan.FromSeconds(10);

    private readonly Transport transport;
    private readonly TimeProvider time;

    internal Spends(Transport transport, TimeProvider time) => (this.transport, this.time) = (transport, time);

    /// <summary>Asks. Every decision is an outcome, also a refusal.</summary>
    /// <param name="spend">What is to be paid.</param>
    /// <param name="options">Its key, and whether to wait for people.</param>
    /// <param name="ct">Stops waiting; what was asked stays asked.</param>
    /// <exception cref="BursarException">Nobody decided: validation_failed, handle_missing, connection_failed….</exception>
    public async Task<SpendOutcome> Authorize(NewSpend spend, SpendOptions? options = null, CancellationToken ct = default)
    {
        SpendRequest request;
        try
        {
            var asked = await transport.CreateOrRepeat<SpendRequest>("/v1/spend-requests", spend, options?.IdempotencyKey, ct)
                .ConfigureAwait(false);
            // What was answered then may have gone on since, and its token is old.
            request = asked.Replayed ? await Get(asked.Value.SpendRequestId, ct).ConfigureAwait(false) : asked.Value;
        }
        catch (BursarException e) when (e.Code == "plan_limit_reached")
        {
            return new PlanLimitReached(e.Detail, ResetOf(e.Problem));
        }
        if (request.Decision == SpendDecision.RequireApproval && options?.WaitForApproval > TimeSpan.Zero)
            request = await Wait(request, options.WaitForApproval, ct).ConfigureAwait(false);
        return OutcomeOf(request);
    }

    /// <summary>
    /// Asks, pays by <paramref name="pay"/> only when it is allowed, and reports what was paid. Give <paramref name="pay"/>'s provider
    /// <see cref="SpendAllowed.PaymentKey"/> as its idempotency key, and <paramref name="options"/> a key of your own: then a process that
    /// died on the way may simply call this again. What <paramref name="pay"/> throws is thrown on, and nothing is reported.
    /// </summary>
    /// <exception cref="BursarException">As <see cref="Authorize"/>; nothing was paid.</exception>
    /// <exception cref="ReceiptNotSubmittedException">Paid, and Bursar could not be told.</exception>
    public async Task<SpendOutcome> Guard(
        NewSpend spend, Func<SpendAllowed, CancellationToken, Task<Payment>> pay, SpendOptions? options = null,
        CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(pay);
        var outcome = await Authorize(spend, options, ct).ConfigureAwait(false);
        if (outcome is not SpendAllowed allowed) return outcome;
        var payment = await pay(allowed, ct).ConfigureAwait(false);
        try
        {
            // Money has moved: that is told, whether or not the caller still waits.
            return new SpendPaid(allowed.Request, await SubmitReceipt(allowed, payment, CancellationToken.None).ConfigureAwait(false));
        }
        catch (BursarException e)
        {
            throw new ReceiptNotSubmittedException(allowed, payment, e);
        }
    }

    /// <summary>Reports what was paid. One receipt to an authorization: the first counts, and is the answer to every later one.</summary>
    public Task<SpendReceipt> SubmitReceipt(SpendAllowed allowed, Payment payment, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(allowed);
        ArgumentNullException.ThrowIfNull(payment);
        var body = new
        {
            allowed.Sat,
            payment.RailId,
            payment.ProviderTransactionId,
            payment.ActualAmount,
            payment.ActualCurrency,
            payment.ActualMerchant,
        };
        return transport.Create<SpendReceipt>(Path(allowed.Request.SpendRequestId, "/receipt"), body, allowed.Request.SpendRequestId, ct);
    }

    /// <summary>A spend request as it is now, with a fresh token while it may be used.</summary>
    public Task<SpendRequest> Get(string id, CancellationToken ct = default) => transport.Get<SpendRequest>(Path(id), ct);

    /// <summary>
    /// Lets Bursar pay, where the handle is an executor or managed. Asked again, it tells how far it is; it may answer executing or
    /// unknown, then look again with <see cref="Get"/>.
    /// </summary>
    public Task<SpendRequest> Execute(SpendAllowed allowed, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(allowed);
        return transport.Create<SpendRequest>(
            Path(allowed.Request.SpendRequestId, "/execution"), new { allowed.Sat }, allowed.Request.SpendRequestId, ct);
    }

    /// <summary>Polls with growing pauses until people decided or <paramref name="most"/> is over.</summary>
    private async Task<SpendRequest> Wait(SpendRequest request, TimeSpan most, CancellationToken ct)
    {
        var began = time.GetTimestamp();
        for (var pause = PollFirst; request.Decision == SpendDecision.RequireApproval; pause = Less(pause * 1.5, PollMax))
        {
            var left = most - time.GetElapsedTime(began);
            if (left <= TimeSpan.Zero) break;
            await Task.Delay(Less(pause, left), time, ct).ConfigureAwait(false);
            request = await Get(request.SpendRequestId, ct).ConfigureAwait(false);
        }
        return request;
    }

    private static SpendOutcome OutcomeOf(SpendRequest request) => request switch
    {
        { Receipt: { } receipt } => new SpendPaid(request, receipt with { Anomalies = request.Anomalies }),
        { Decision: SpendDecision.Allow, Sat: { } sat } => new SpendAllowed(request, sat),
        { Decision: SpendDecision.Allow } => new NothingToPay(request),
        { Decision: SpendDecision.RequireApproval } => new ApprovalRequired(request),
        { DecisionReason: "AGENT_FROZEN" } => new AgentFrozen(request),
        _ => new SpendDenied(request),
    };

    private static DateTimeOffset? ResetOf(JsonElement? problem) =>
        problem is { } told && told.TryGetProperty("resetsAt", out var at) && at.TryGetDateTimeOffset(out var moment) ? moment : null;

    private static TimeSpan Less(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static string Path(string id, string of = "") => $"/v1/spend-requests/{Uri.EscapeDataString(id)}{of}";
}
