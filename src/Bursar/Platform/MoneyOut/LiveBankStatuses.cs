using Bursar.Core.Access;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;
using Npgsql;

namespace Bursar.Platform.MoneyOut;

/// <summary>What the operator or a rail said of a live bank last. One that does not <paramref name="Counts"/> now may count later.</summary>
public sealed record BankWord(
    string BankCode, string Source, BankCondition Condition, string? Message, DateTimeOffset At, bool Counts);

/// <summary>One change of a live bank, and whose word made it.</summary>
public sealed record BankChange(
    string BankCode, BankCondition Condition, string? Message, DateTimeOffset At, string By, string Source);

/// <summary>
/// How the banks are in live mode, for every book at once (decision 40), and who may say so (decision 55): the operator, whose word counts
/// until it is lifted; else the rails that carry live payments, the worst word of them.
/// </summary>
public sealed class LiveBankStatuses(Database database, BankStatuses statuses, TimeProvider time)
{
    /// <summary>The operator as a source; the others are rails, whose names hold a hyphen.</summary>
    public const string Operator = "operator";
    // A partner's clock may be a little fast. A word from a far day to come would outlive all that follow.
    private static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(5);
    // Every change is kept for good and told to every workspace.
    private const int ChangesPerHour = 60;

    public async Task<IReadOnlyList<BankWord>> Words()
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        var rows = await connection
            .QueryAsync<(string Bank, string Source, string Status, string? Message, DateTimeOffset At, bool Counts)>($"""
            select w.bank_code, w.source, w.status, w.message, w.said_at, w.source = @Operator or ({Carries} and not exists (
                select from bank_status_words o where o.bank_code = w.bank_code and o.source = @Operator))
            from bank_status_words w
            """, new { Operator, live = (short)Mode.Live });
        return [.. rows.Select(r => new BankWord(r.Bank, r.Source, Json.Parse<BankCondition>(r.Status), r.Message, r.At, r.Counts))];
    }

    /// <summary>The newest changes of all banks, newest first.</summary>
    public async Task<IReadOnlyList<BankChange>> Changes(int most)
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        var rows = await connection
            .QueryAsync<(string Bank, string Status, string? Message, DateTimeOffset At, string By, string Source)>("""
            select bank_code, status, message, changed_at, changed_by, source from bank_status_changes order by change_id desc limit @most
            """, new { most });
        return [.. rows.Select(r => new BankChange(r.Bank, Json.Parse<BankCondition>(r.Status), r.Message, r.At, r.By, r.Source))];
    }

    /// <summary>The operator says how a bank is, until they lift it.</summary>
    public Task Say(Bank bank, BankCondition condition, string? message, string by, Guid person) =>
        Change(database.Desk, [bank.Code], by, person, connection => connection.ExecuteAsync(Keep, new
        {
            bank.Code,
            source = Operator,
            status = Json.Name(condition),
            message,
            at = time.NowMicros(),
        }));

    /// <summary>The operator's word counts no more; what rails say does.</summary>
    public Task Lift(Bank bank, string by, Guid person) =>
        Change(database.Desk, [bank.Code], by, person, connection => connection.ExecuteAsync(
            "delete from bank_status_words where bank_code = @Code and source = @Operator", new { bank.Code, Operator }));

    /// <summary>A rail of live mode says it, by itself. What is older than its last word changes nothing.</summary>
    public async Task<Error?> Say(KnownRail rail, BankNews news)
    {
        if (rail.Mode != Mode.Live)
            return new Error(Errors.ModeMismatch, "A rail of test mode says nothing of banks: each test book has its own.");
        if (Banks.Find(news.BankCode) is null) return Errors.Field("/bankCode", "unknown", "This bank is not known.");
        if (news.ChangedAt > time.GetUtcNow() + ClockSlack)
            return Errors.Field("/changedAt", "out_of_range", "This moment has not come yet.");
        var by = $"Rail {rail.Name}";
        if (await IsRestless(by, news.BankCode))
            return new Error(Errors.RateLimited, $"You changed this bank {ChangesPerHour} times within an hour. Say it again later.")
                .With("retryAfter", 60);
        await Change(database.Engine, [news.BankCode], by, null, connection => connection.ExecuteAsync(Keep, new
        {
            Code = news.BankCode,
            source = rail.Name,
            status = Json.Name(news.Status),
            message = news.Message is { Length: > 0 } message ? message : null,
            at = news.ChangedAt.ToUniversalTime(),
        }));
        return null;
    }

    /// <summary>Other rails carry live payments now: their words count.</summary>
    public async Task WeighAgain(string by, Guid person)
    {
        var said = (await Words()).Select(w => w.BankCode).Distinct().ToArray();
        await Change(database.Desk, said, by, person, _ => Task.CompletedTask);
    }

    /// <summary>Whether it changed the bank as often as it may within an hour; another rail's changes are not counted.</summary>
    private async Task<bool> IsRestless(string by, string bank)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<bool>("""
            select coalesce((select changed_at > @since from bank_status_changes where bank_code = @bank and changed_by = @by
                order by change_id desc offset @last limit 1), false)
            """, new { bank, by, since = time.NowMicros() - TimeSpan.FromHours(1), last = ChangesPerHour - 1 });
    }

    private const string Carries = "w.source in (select rail from rail_routes where mode = @live)";

    private const string Keep = """
        insert into bank_status_words (bank_code, source, status, message, said_at) values (@Code, @source, @status, @message, @at)
        on conflict (bank_code, source) do update set status = excluded.status, message = excluded.message, said_at = excluded.said_at
        where excluded.said_at > bank_status_words.said_at
        """;

    /// <summary>Changes words, one at a time, and then the banks that are not any more as the words say.</summary>
    private async Task Change(NpgsqlDataSource role, string[] banks, string by, Guid? person, Func<NpgsqlConnection, Task> words)
    {
        await using var connection = await role.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("select pg_advisory_xact_lock(hashtext('bursar live banks'))");
        await words(connection);
        var changed = await connection.QueryAsync<(string Bank, string Status)>($"""
            insert into bank_status_changes (bank_code, status, message, changed_at, changed_by, person_id, source)
            select b.code, coalesce(w.status, 'operational'), w.message, @now, @by, @person, coalesce(w.source, @Operator)
            from unnest(@banks) b(code)
            left join lateral (
                select w.status, w.message, w.source from bank_status_words w
                where w.bank_code = b.code and (w.source = @Operator or {Carries})
                order by w.source = @Operator desc, array_position(@worst, w.status), w.said_at desc limit 1) w on true
            left join lateral (
                select status, message from bank_status_changes where bank_code = b.code order by change_id desc limit 1) n on true
            where (coalesce(w.status, 'operational'), w.message) is distinct from (coalesce(n.status, 'operational'), n.message)
            returning bank_code, status
            """, new
        {
            banks,
            by,
            person,
            Operator,
            now = time.NowMicros(),
            live = (short)Mode.Live,
            worst = Enum.GetValues<BankCondition>().OrderDescending().Select(c => Json.Name(c)).ToArray(),
        });
        await transaction.CommitAsync();
        foreach (var (bank, status) in changed)
            if (status != Json.Name(BankCondition.HeavilyDisturbed)) await statuses.LetGo(bank, null);
    }
}
