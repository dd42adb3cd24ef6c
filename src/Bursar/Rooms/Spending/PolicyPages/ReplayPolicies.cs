using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Calendar = Bursar.Core.Time.Calendar;

namespace Bursar.Rooms.Spending.PolicyPages;

/// <summary>
/// POST /v1/policies/{id}/replay: the past of agents and people decided again with a draft (PRODUCT S10). The month of the first day is
/// run through first, so that its caps are as full as they would have been.
/// </summary>
public sealed class ReplayPolicies(Database database, PolicyReads policies, WorkspaceReads workspaces, TimeProvider time)
{
    private const int RequestsMax = 50_000;
    private const int RowsMax = 500;
    private const int AtOnce = 2_000;
    private const int DaysMax = 92;

    /// <summary>
    /// Local days (YYYY-MM-DD, <paramref name="To"/> included) or moments; by default the last 30 days. Without a
    /// <paramref name="Draft"/> the policy is tried as it stands.
    /// </summary>
    public sealed record Request
    {
        public string? From { get; init; }
        public string? To { get; init; }
        public PolicyFields? Draft { get; init; }
    }

    /// <summary>How many, and what their amounts come to, in minor units of the draft's currency.</summary>
    public sealed record Sum(long Count, long Total);

    /// <summary><paramref name="Id"/> is null where nothing was kept: a policy refused a transfer.</summary>
    public sealed record Row(
        string? Id, DisbursementKind Kind, DateTimeOffset CreatedAt, string? AgentId, string? Merchant, string MakerName, long Amount,
        string Before, string BeforeReason, string After, string AfterReason);

    /// <summary>
    /// <paramref name="Rows"/>: the newest 500 that change. <paramref name="Cut"/>: more than 50,000 were asked, and only those up to
    /// <paramref name="To"/> were run.
    /// </summary>
    public sealed record Response(
        DateTimeOffset From, DateTimeOffset To, string Currency, Sum Asked, Sum Allowed, Sum NeedsApproval, Sum Denied, Sum NewlyAllowed,
        Sum NewApprovals, Sum NewlyDenied, IReadOnlyList<Row> Rows, bool Cut);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/policies/{id}/replay", (HttpContext http, string id, ReplayPolicies slice) =>
            Api.CallWithOptions<Request, Response>(http, (actor, request) =>
                PolicyRoutes.Named(id, policy => slice.Handle(actor, policy, request))))
            .Describe<Request, Response>("Replay past requests with a policy or a draft of it",
                new Request { From = "2026-11-01", To = "2026-11-20" }, optional: true);

    /// <summary>Without an id the draft is a new policy.</summary>
    public async Task<Result<Response>> Handle(Actor actor, PolicyId? id, Request request)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        var active = await policies.List(actor);
        if (!active.Ok) return active.Error;
        if (id is { } known && active.Value.All(p => p.Id != known)) return Errors.Missing();
        var draft = request.Draft ?? PolicyFields.Of(active.Value.Single(p => p.Id == id));
        var wrong = PolicyCheck.Validate(draft.ToPolicy(default, 1));
        if (wrong.Count > 0) return Errors.Invalid([.. wrong.Select(p => p with { Field = "/draft" + p.Field })]);
        var zone = await workspaces.ZoneOf(actor.Book);
        var span = Span(request, zone);
        if (!span.Ok) return span.Error;
        return await Run(new PastDecisions(database, actor.Book, draft.Currency, span.Value.To),
            new Replay(Drafts.In([.. active.Value], id, draft), zone), draft.Currency, span.Value);
    }

    private sealed record Period(DateTimeOffset Start, DateTimeOffset From, DateTimeOffset To);

    private Result<Period> Span(Request request, TimeZoneInfo zone)
    {
        var now = time.NowMicros();
        var to = request.To is null ? now : Moment(request.To, zone, endOfDay: true);
        if (to is null) return Errors.Field("/to", "invalid", "A day, such as 2026-11-20, or a moment.");
        var from = request.From is null ? to.Value.AddDays(-30) : Moment(request.From, zone, endOfDay: false);
        if (from is null) return Errors.Field("/from", "invalid", "A day, such as 2026-11-20, or a moment.");
        if (from >= to) return Errors.Field("/from", "invalid", "It must lie before the end.");
        if (to - from > TimeSpan.FromDays(DaysMax + 1)) return Errors.Field("/from", "out_of_range", $"Up to {DaysMax} days.");
        return new Period(Calendar.MonthStart(from.Value, zone), from.Value, to.Value);
    }

    private static DateTimeOffset? Moment(string text, TimeZoneInfo zone, bool endOfDay)
    {
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return day.Year is < 2000 or > 9000 ? null : Calendar.StartOf(endOfDay ? day.AddDays(1) : day, zone);
        return DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFK", "yyyy-MM-dd'T'HH:mmK"], CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal, out var at) && at.Year is >= 2000 and <= 9000 ? at.ToUniversalTime() : null;
    }

    private static async Task<Response> Run(PastDecisions decisions, Replay replay, string currency, Period period)
    {
        var tally = new ReplayTally(period.From, RowsMax);
        var (after, id) = (period.Start, Guid.Empty);
        for (var run = 0; run < RequestsMax; run += AtOnce)
        {
            var past = await decisions.After(after, id, AtOnce);
            foreach (var p in past) tally.Add(p, replay.Decide(p.Request));
            if (past.Count < AtOnce) return tally.Response(period.To, currency, cut: false);
            (after, id) = (past[^1].Request.At, past[^1].Id);
        }
        return tally.Response(after, currency, cut: true);
    }
}
