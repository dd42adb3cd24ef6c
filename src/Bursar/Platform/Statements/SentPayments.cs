using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Statements;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyIn;
using Bursar.Platform.MoneyOut;
using Dapper;

namespace Bursar.Platform.Statements;

/// <summary>A payment of any workspace that left by a rail of the operator's, as a statement line may prove it.</summary>
public sealed record PaymentCandidate(WorkspaceId Workspace, Guid Disbursement, DisbursementState State, SentPayment Payment);

/// <summary>Looks over all workspaces for the payments that lines of a statement may be of.</summary>
public sealed class SentPayments(Database database, PayoutRouting routing)
{
    private const int Most = 100_000;
    private const int MostToSuggest = 200;

    /// <summary>Those that the lines name: by the id that the rail was told, or by the reference that an operator gave for one.</summary>
    public async Task<IReadOnlyList<PaymentCandidate>> NamedBy(Mode mode, IReadOnlyList<StatementLine> lines)
    {
        if (lines.Count == 0) return [];
        var args = new
        {
            mode = (short)mode,
            ids = lines.SelectMany(PaymentMatching.Ids).Distinct().Select(id => Guid.ParseExact(id, "N")).ToArray(),
            references = lines.Where(l => l.Amount < 0).Select(l => l.BankReference).OfType<string>().Distinct().ToArray(),
            rails = await RailsOfPeople(),
            from = StartOf(lines.Min(l => l.BookedOn).AddDays(-PaymentMatching.PaidWithinDays)),
            Most,
        };
        // Two questions, so that each has its index.
        var byId = await Read("and o.disbursement_id = any(@ids) limit @Most", args);
        var byReference = await Read(
            "and o.rail = any(@rails) and o.done_at >= @from and t.provider_reference = any(@references) limit @Most", args);
        return [.. byId.Concat(byReference).DistinctBy(p => p.Disbursement)];
    }

    /// <summary>Those of the line's amount that left about then, and that no line has proved or given back yet.</summary>
    public async Task<IReadOnlyList<PaymentCandidate>> Like(Mode mode, StatementLine line)
    {
        var isOut = line.Amount < 0;
        return await Read("""
            and d.amount = @amount and d.state = any(@states) and o.rail = any(@rails) and o.handed_at >= @from and o.handed_at < @to
            and not exists (select from statement_lines l where l.workspace_id = @house and l.mode = @mode
                and l.disbursement_id = o.disbursement_id and (l.amount < 0) = @isOut)
            order by o.handed_at desc limit @MostToSuggest
            """, new
        {
            mode = (short)mode,
            house = House.Id.Value,
            amount = Math.Abs(line.Amount),
            isOut,
            states = (isOut ? Proved.Append(DisbursementState.Reversed) : Proved).Select(s => Json.Name(s)).ToArray(),
            rails = await RailsOfPeople(),
            from = StartOf(line.BookedOn.AddDays(-(isOut ? PaymentMatching.PaidWithinDays : PaymentMatching.BackWithinDays))),
            to = StartOf(line.BookedOn.AddDays(1)),
            MostToSuggest,
        });
    }

    /// <summary>One that a person names by the id that rails and statements call it.</summary>
    public async Task<PaymentCandidate?> Find(Mode mode, Guid id) =>
        (await Read("and o.disbursement_id = @id", new { mode = (short)mode, id })).FirstOrDefault();

    /// <summary>What a line can still change, or agrees with.</summary>
    private static readonly DisbursementState[] Proved =
        [DisbursementState.Executing, DisbursementState.Unknown, DisbursementState.Succeeded];

    /// <summary>Payments that nobody but a person or a statement answers for leave from the operator's own bank accounts.</summary>
    private async Task<string[]> RailsOfPeople() =>
        [.. (await routing.Rails()).ByName.Values.Where(r => r.SetUp && !r.Adapter.CanBeAsked).Select(r => r.Name)];

    private async Task<IReadOnlyList<PaymentCandidate>> Read(string which, object args)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        return
        [
            .. (await connection.QueryAsync<Row>($"""
                select o.workspace_id, o.disbursement_id, o.handed_at, d.state, d.amount, d.account_number, t.provider_reference
                from rail_orders o
                join disbursements d on d.workspace_id = o.workspace_id and d.mode = o.mode and d.disbursement_id = o.disbursement_id
                left join attempts t on t.workspace_id = o.workspace_id and t.mode = o.mode and t.disbursement_id = o.disbursement_id
                    and t.number = d.attempts
                where o.mode = @mode and d.currency = 'IDR' and d.account_number is not null {which}
                """, args)).Select(r => new PaymentCandidate(new(r.WorkspaceId), r.DisbursementId, Json.Parse<DisbursementState>(r.State),
                new SentPayment(r.DisbursementId.ToString("N"), r.Amount, r.AccountNumber, r.ProviderReference,
                    Calendar.DateIn(r.HandedAt, ReceivingAccounts.BankZone)))),
        ];
    }

    private static DateTimeOffset StartOf(DateOnly day) => Calendar.StartOf(day, ReceivingAccounts.BankZone);

    private sealed record Row
    {
        public Guid WorkspaceId { get; init; }
        public Guid DisbursementId { get; init; }
        public DateTimeOffset HandedAt { get; init; }
        public required string State { get; init; }
        public long Amount { get; init; }
        public required string AccountNumber { get; init; }
        public string? ProviderReference { get; init; }
    }
}
