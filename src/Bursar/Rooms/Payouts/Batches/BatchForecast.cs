using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Dapper;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>
/// What an approver looks at before all the rows: flags, banks, and which rows the policies would refuse if they were asked one after the
/// other now. It reserves nothing and promises nothing; each row is decided when it is submitted.
/// </summary>
public sealed class BatchForecast(Database database, IPosting posting, TimeProvider time)
{
    public async Task Keep(Batch batch)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        var args = BatchReads.Of(batch.Maker.Book, batch.Id);
        var flags = await connection.QueryAsync<FlagTotal>("""
            select flag as "Flag", count(*) as "Rows", coalesce(sum(r.amount), 0)::bigint as "Amount"
            from batch_rows r cross join unnest(r.flags) flag
            where r.workspace_id = @workspace and r.mode = @mode and r.batch_id = @id group by 1 order by 2 desc, 1
            """, args);
        var banks = await connection.QueryAsync<BankTotal>("""
            select r.bank_code as "BankCode", count(*) as "Rows", coalesce(sum(r.amount), 0)::bigint as "Amount"
            from batch_rows r where r.workspace_id = @workspace and r.mode = @mode and r.batch_id = @id and r.faults is null
            group by 1 order by 3 desc, 1 limit 200
            """, args);
        var rows = (await connection.QueryAsync<Row>("""
            select r.amount, r.bank_code, r.account_number from batch_rows r
            where r.workspace_id = @workspace and r.mode = @mode and r.batch_id = @id and r.faults is null order by r.line
            """, args)).AsList();
        var risk = new BatchRisk([.. flags], [.. banks], await Refused(batch, rows), rows.Count == 0 ? 0 : rows.Max(r => r.Amount));
        await connection.ExecuteAsync(
            "update transfer_batches set risk = @risk where workspace_id = @workspace and mode = @mode and batch_id = @id",
            new
            {
                risk = Json.Write(risk),
                workspace = batch.Maker.Book.Workspace.Value,
                mode = (short)batch.Maker.Book.Mode,
                id = batch.Id,
            });
    }

    private async Task<IReadOnlyList<PolicyForecast>> Refused(Batch batch, List<Row> rows)
    {
        var system = Actor.System(batch.Maker.Book, "Bursar", RequestId.New(time.GetUtcNow()));
        var standing = await posting.Submit(new ReadBudgets(system));
        if (!standing.Ok || standing.Value.Value.Policies.Count == 0) return [];
        var (policies, usages, at) = standing.Value.Value;
        var usage = usages.ToDictionary(u => u.Policy);
        var refused = new Dictionary<string, PolicyForecast>();
        foreach (var row in rows)
        {
            var instruction = row.Order().InstructionOf(batch.Maker);
            var decision = PolicyEngine.Decide(instruction, policies, policy => usage[policy], at);
            if (decision.Verdict == Verdict.Deny)
            {
                var so = refused.GetValueOrDefault(decision.Reason, new PolicyForecast(decision.Reason, 0, 0));
                refused[decision.Reason] = so with { Rows = so.Rows + 1, Amount = so.Amount + row.Amount };
            }
            else
                foreach (var policy in policies.Where(p => PolicyEngine.Concerns(p, instruction)))
                    usage[policy.Id] = UsageRules.Hold(usage[policy.Id], row.Amount).Usage;
        }
        return [.. refused.Values.OrderByDescending(r => r.Rows)];
    }

    private sealed record Row
    {
        public long Amount { get; init; }
        public required string BankCode { get; init; }
        public required string AccountNumber { get; init; }

        public Order Order() => new()
        {
            Id = default,
            Kind = DisbursementKind.MoneyTransfer,
            Amount = Amount,
            Currency = "IDR",
            Fee = 0,
            BankCode = BankCode,
            DestinationType = Banks.DestinationOf(Banks.Find(BankCode)!, AccountNumber),
            AccountNumber = AccountNumber,
            Rail = "",
        };
    }

    public sealed record Standing(IReadOnlyList<Policy> Policies, IReadOnlyList<Usage> Usages, DateTimeOffset At);

    /// <summary>The policies and their budgets as the next decision would see them; writes nothing.</summary>
    private sealed class ReadBudgets(Actor actor) : Command<Standing>(actor)
    {
        public override void Plan(Reads reads) => reads.WantBudgets(this);

        public override Result<Standing> Decide(OpenBook book)
        {
            var policies = PolicyFacts.Instance.Of(book);
            return new Standing(policies, [.. policies.Select(p => book.UsageOf(p.Id))], book.At);
        }
    }
}
