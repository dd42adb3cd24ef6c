using Bursar.Core.Access;
using Bursar.Core.Statements;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyIn;
using Dapper;

namespace Bursar.Platform.Statements;

/// <summary>A top-up of any workspace that no money has come for, as a statement line may be meant for it.</summary>
public sealed record Candidate(WorkspaceId Workspace, CollectionState State, string? VirtualAccount, OpenAmount Amount)
{
    public Guid Collection { get; init; }

    /// <summary>A line may book itself for it by its exact amount alone. Cancelled ones wait for a person.</summary>
    public bool ByAmount => VirtualAccount is null && State != CollectionState.Cancelled;
}

/// <summary>Looks over all workspaces for what the lines of a receiving account may pay.</summary>
public sealed class TopUpCandidates(Database database)
{
    private const int Most = 100_000;

    private const string Columns = """
        c.workspace_id, c.collection_id, c.state, c.amount, c.pay_amount, c.virtual_account, c.created_at, c.expires_at
        """;

    /// <summary>What was open at the account at some time from the first day on, or expired not long before.</summary>
    public async Task<IReadOnlyList<Candidate>> Of(Mode mode, string account, DateOnly first, DateOnly last)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        return Read(await connection.QueryAsync<Row>($"""
            select {Columns} from collections c
            where c.mode = @mode and c.receiving_account = @account and c.created_at >= @from and c.created_at < @to and c.received is null
            order by c.created_at desc limit @Most
            """, new
        {
            mode = (short)mode,
            account,
            from = Calendar.StartOf(first.AddDays(-LineMatching.LateDays - 2), ReceivingAccounts.BankZone),
            to = Calendar.StartOf(last.AddDays(1), ReceivingAccounts.BankZone),
            Most,
        }));
    }

    /// <summary>One that a person names by its id, at any of the mode's accounts; its id tells when it was made.</summary>
    public async Task<Candidate?> Find(Mode mode, IReadOnlyList<string> accounts, TopUpId id)
    {
        var made = id.Born;
        await using var connection = await database.Engine.OpenConnectionAsync();
        return Read(await connection.QueryAsync<Row>($"""
            select {Columns} from collections c
            where c.mode = @mode and c.receiving_account = any(@accounts) and c.created_at >= @from and c.created_at < @to
                and c.collection_id = @id and c.kind = 'top_up'
            """, new
        {
            mode = (short)mode,
            accounts = accounts.ToArray(),
            from = made.AddMinutes(-1),
            to = made.AddDays(1),
            id = id.Value,
        })).FirstOrDefault();
    }

    private static List<Candidate> Read(IEnumerable<Row> rows) =>
    [
        .. rows.Select(r => new Candidate(new(r.WorkspaceId), Json.Parse<CollectionState>(r.State), r.VirtualAccount, AmountOf(r))
        {
            Collection = r.CollectionId,
        }),
    ];

    private static OpenAmount AmountOf(Row r) => new(
        new TopUpId(r.CollectionId).ToString(), r.PayAmount, r.Amount,
        Calendar.DateIn(r.CreatedAt, ReceivingAccounts.BankZone), Calendar.DateIn(r.ExpiresAt, ReceivingAccounts.BankZone));

    private sealed record Row
    {
        public Guid WorkspaceId { get; init; }
        public Guid CollectionId { get; init; }
        public required string State { get; init; }
        public long Amount { get; init; }
        public long PayAmount { get; init; }
        public string? VirtualAccount { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
        public DateTimeOffset ExpiresAt { get; init; }
    }
}
