using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Dapper;

namespace Bursar.Rooms.Spending.Requests;

/// <summary>
/// One decision of the policies about money, whoever asked: an agent, a key or a person. <paramref name="Decision"/> is the policies' own
/// word; what people said later stands with the resource. A refused transfer has no resource, so its rules stand here.
/// </summary>
public sealed record DecisionResource(
    DisbursementKind Kind, string Decision, string DecisionReason, string? Resource, long Amount, string Currency, string? AgentId,
    string? Merchant, string? Beneficiary, string RequestedBy, Explanation? Explain, DateTimeOffset DecidedAt);

public sealed record DecisionQuery
{
    public IReadOnlyList<string> Decisions { get; init; } = [];
    public IReadOnlyList<DisbursementKind> Kinds { get; init; } = [];
    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? To { get; init; }
    public string? Cursor { get; init; }
    public int Limit { get; init; } = 50;

    public static readonly QueryParameter[] Parameters =
    [
        new("decision", typeof(string), "ALLOW, DENY or REQUIRE_APPROVAL.", Repeats: true),
        QueryParameter.AnyOf<DisbursementKind>("kind", "Only these kinds."),
        new("createdFrom", typeof(string), "From this local day or moment (RFC 3339)."),
        new("createdTo", typeof(string), "To this local day, the day included, or before this moment."),
        QueryParameter.Limit, QueryParameter.Cursor,
    ];

    public static DecisionQuery Parse(IQueryCollection query, TimeZoneInfo zone)
    {
        var read = new QueryReader(query, zone);
        return new DecisionQuery
        {
            Decisions = read.Known("decision", SpendQuery.DecisionWords),
            Kinds = read.Known<DisbursementKind>("kind"),
            From = read.Moment("createdFrom", false),
            To = read.Moment("createdTo", true),
            Cursor = read.Text("cursor"),
            Limit = read.Limit,
        };
    }
}

/// <summary>
/// GET /v1/decisions: every decision about money, newest first. What was allowed or asked for lies with its disbursement, an agent's
/// refusal too; the refusal of a transfer is a fact of the journal only.
/// </summary>
public sealed class DecisionReads(Database database)
{
    public async Task<Result<Page<DecisionResource>>> List(Actor actor, DecisionQuery query)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        var args = Conditions.ArgsOf(actor.Book);
        args.Add("verdicts", query.Decisions.Count == 0 ? null : query.Decisions.Select(d => d.ToLowerInvariant()).ToArray());
        args.Add("kinds", (query.Kinds.Count == 0 ? Enum.GetValues<DisbursementKind>() : query.Kinds).Select(k => Json.Name(k)).ToArray());
        args.Add("from", query.From);
        args.Add("to", query.To);
        var after = Cursor.Parse(query.Cursor);
        args.Add("at", after?.At);
        args.Add("id", after?.Id);
        args.Add("limit", query.Limit + 1);
        var rows = await database.Query<Row>(actor.Book, Decided, args);
        var page = rows.Take(query.Limit).ToList();
        var next = rows.Count > query.Limit ? new Cursor(page[^1].DecidedAt, page[^1].Id).ToString() : null;
        return new Page<DecisionResource>([.. page.Select(r => r.Resource())], next);
    }

    // Each side takes its own newest rows first, so that neither is read whole.
    private const string Decided = """
        select * from (
            (select d.* from unnest(@kinds) k cross join lateral (
            select d.disbursement_id as id, d.created_at as decided_at, d.kind, d.amount, d.currency, d.agent_id, d.merchant, d.bank_code,
                d.account_number, d.maker_name, d.decision_inputs as decision, null as denial
            from disbursements d
            where d.workspace_id = @workspace and d.mode = @mode and d.kind = k
                and (@from::timestamptz is null or d.created_at >= @from) and (@to::timestamptz is null or d.created_at < @to)
                and (@at::timestamptz is null or (d.created_at, d.disbursement_id) < (@at, @id))
                and (@verdicts::text[] is null or d.decision_inputs::json ->> 'verdict' = any(@verdicts))
            order by d.created_at desc, d.disbursement_id desc limit @limit) d)
            union all
            (select j.event_id, j.booked_at, j.data::json ->> 'kind', (j.data::json ->> 'amount')::bigint, j.data::json ->> 'currency',
                null, null, j.data::json ->> 'bankCode', j.data::json ->> 'accountNumber', j.actor_name, null, j.data
            from journal j
            where j.workspace_id = @workspace and j.mode = @mode and j.type = 'decision.denied'
                and j.data::json ->> 'kind' = any(@kinds)
                and (@from::timestamptz is null or j.booked_at >= @from) and (@to::timestamptz is null or j.booked_at < @to)
                and (@at::timestamptz is null or (j.booked_at, j.event_id) < (@at, @id))
                and (@verdicts::text[] is null or 'deny' = any(@verdicts))
            order by j.booked_at desc, j.event_id desc limit @limit)) x
        order by decided_at desc, id desc limit @limit
        """;

    private sealed record Row
    {
        public Guid Id { get; init; }
        public DateTimeOffset DecidedAt { get; init; }
        public required string Kind { get; init; }
        public long Amount { get; init; }
        public required string Currency { get; init; }
        public string? AgentId { get; init; }
        public string? Merchant { get; init; }
        public string? BankCode { get; init; }
        public string? AccountNumber { get; init; }
        public required string MakerName { get; init; }
        public string? Decision { get; init; }
        public string? Denial { get; init; }

        public DecisionResource Resource()
        {
            var kind = Json.Parse<DisbursementKind>(Kind);
            var beneficiary = BankCode is null ? null : $"{BankCode} {AccountNumber}";
            if (Decision is not null)
            {
                var record = Json.Read<DecisionRecord>(Decision);
                var resource = kind switch
                {
                    DisbursementKind.AgentSpend => $"/v1/spend-requests/{new SpendRequestId(Id)}",
                    DisbursementKind.Refund => $"/v1/refunds/{new RefundId(Id)}",
                    _ => $"/v1/transfers/{new TransferId(Id)}",
                };
                return new(kind, SpendRequest.Word(record.Verdict), record.Reason, resource, Amount, Currency, AgentId, Merchant,
                    beneficiary, MakerName, null, DecidedAt);
            }
            var denial = Json.Read<RefusedOrder>(Denial!);
            return new(kind, "DENY", denial.Reason, null, Amount, Currency, null, null, beneficiary, MakerName,
                new Explanation(denial.Rules), DecidedAt);
        }
    }
}
