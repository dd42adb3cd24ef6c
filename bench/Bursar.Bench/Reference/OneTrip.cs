using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Payouts;
using Dapper;
using Npgsql;

namespace Bursar.Bench.Reference;

/// <summary>
/// The form Bursar is measured against: the same door, parsing, policy engine and answer, but one transaction per request, written by one
/// call of a plpgsql function. Facts are cached by control version here too, so that only the posting differs.
/// </summary>
internal sealed class OneTrip(string connectionString, int pool, FactCache facts, TimeProvider time) : IAsyncDisposable
{
    private readonly NpgsqlDataSource source = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connectionString)
    {
        MaxPoolSize = pool,
        MinPoolSize = pool,
        MaxAutoPrepare = 20,
        AutoPrepareMinUsages = 1,
        NoResetOnClose = true,
        SearchPath = "bursar,pg_temp",
        // What the lane's own connections use, so that the planner serves both alike.
        Options = "-c role=bursar_engine -c plan_cache_mode=force_generic_plan "
            + "-c enable_hashjoin=off -c enable_mergejoin=off -c enable_seqscan=off -c jit=off",
        Timeout = 60,
        CommandTimeout = 60,
    });

    private volatile LockedBook? known;

    public async Task<Result<Answer<Transfer>>> Post(Actor actor, Order order, IdempotencyKey key)
    {
        for (var attempt = 0; ; attempt++)
        {
            var book = known is { } k && k.Key == actor.Book && attempt == 0 ? k : known = await Load(actor.Book);
            var policies = PolicyFacts.Instance.Of(book.Facts);
            var zone = Principals.Instance.Of(book.Facts).Workspace.Zone;
            var now = time.NowMicros();
            // Everything but the caps, which only the locked row knows.
            var decision = PolicyEngine.Decide(order.InstructionOf(actor), policies, p => UsageRules.Start(p, now, zone), now);
            if (decision.Verdict == Verdict.Deny) return Disbursing.Refusal(decision);
            Invariant.Hold(decision.Verdict == Verdict.Allow && policies.Count == 1);

            var disbursement = Disbursing.Made(order, actor, decision, DisbursementState.Approved, Guid.CreateVersion7(now),
                Guid.CreateVersion7(now), now);
            var answer = Transfer.Of(disbursement);
            var json = Json.Write(answer);
            switch (await Call(book, policies[0], disbursement, actor, key, json, now))
            {
                case 0: return new Answer<Transfer>(answer, json, false);
                case 1 when attempt == 0: continue;
                case 3: return Disbursing.Refusal(new Decision(Verdict.Deny, "EXCEEDS_DAILY_LIMIT", decision.Rules));
                case 4: return Disbursing.Refusal(new Decision(Verdict.Deny, "EXCEEDS_MONTHLY_LIMIT", decision.Rules));
                case 5: return new Error(Errors.InsufficientFunds, "The balance does not cover this.");
                case var code: throw new InvalidOperationException($"bench_transfer answered {code}");
            }
        }
    }

    private async Task<int> Call(
        LockedBook book, Policy policy, Disbursement d, Actor actor, IdempotencyKey key, string json, DateTimeOffset now)
    {
        await using var connection = await source.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(
            "select bench_transfer($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,"
            + "$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29)", connection);
        foreach (var parameter in (NpgsqlParameter[])
        [
            Sql.Value(book.Key.Workspace.Value), Sql.Value((short)book.Key.Mode), Sql.Value(book.ControlVersion),
            Sql.Value(policy.Id.Value), Sql.Value(policy.DailyLimit!.Value), Sql.Value(policy.MonthlyLimit!.Value),
            Sql.Value(actor.Principal), Sql.Value(actor.Credential), Sql.Value(actor.Person!.Value), Sql.Value(actor.Name),
            Sql.Value(actor.Peer), Sql.Value(actor.Request.Value), Sql.Value(key.Route), Sql.Value(key.Key),
            Sql.Value(key.RequestHash), Sql.Value(json), Sql.Value(d.Id), Sql.Value(d.AmountHold!.Value),
            Sql.Value(d.FeeHold!.Value), Sql.Value(Guid.CreateVersion7(now)),
            Sql.Value(d.Amount), Sql.Value(d.Fee), Sql.Value(d.BankCode!), Sql.Value(d.DestinationType!), Sql.Value(d.AccountNumber!),
            Sql.Value(d.Remark!), Sql.Value(d.ContentHash), Sql.Value(d.DecisionInputs), Sql.Value(now),
        ])
            command.Parameters.Add(parameter);
        return (int)(await command.ExecuteScalarAsync())!;
    }

    private async Task<LockedBook> Load(BookKey key)
    {
        await using var connection = await source.OpenConnectionAsync();
        var version = await connection.ExecuteScalarAsync<long>("select control_version from books where workspace_id = @w and mode = @m",
            new { w = key.Workspace.Value, m = (short)key.Mode });
        var book = new LockedBook(key, default, version, 0, []);
        await facts.Fill(connection, [book], CancellationToken.None);
        return book;
    }

    public ValueTask DisposeAsync() => source.DisposeAsync();
}
