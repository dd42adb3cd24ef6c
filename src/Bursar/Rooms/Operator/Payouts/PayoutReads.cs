using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Dapper;

namespace Bursar.Rooms.Operator.Payouts;

/// <summary>A disbursement as the operator sees it: what a rail needs to know of it, and whose it is.</summary>
public sealed record PayoutRow
{
    public Guid WorkspaceId { get; init; }
    public required string Workspace { get; init; }
    public short InMode { get; init; }
    public Guid DisbursementId { get; init; }
    public required string Kind { get; init; }
    public required string State { get; init; }
    public long Amount { get; init; }
    public required string Currency { get; init; }
    public string? BankCode { get; init; }
    public string? AccountNumber { get; init; }
    public string? RecipientName { get; init; }
    public string? Remark { get; init; }
    public required string Rail { get; init; }
    public DateTimeOffset ChangedAt { get; init; }
    public Guid? FileId { get; init; }
    public string? Contradiction { get; init; }

    /// <summary>What rails and statements call it.</summary>
    public string Reference => DisbursementId.ToString("N");
    public BookKey Book => new(new(WorkspaceId), (Mode)InMode);
    public DisbursementKind Of => Json.Parse<DisbursementKind>(Kind);
}

/// <summary>What of all books concerns whoever runs the rails.</summary>
public sealed class PayoutReads(Database database, PayoutRouting routing)
{
    public const int PageSize = 50;

    private const string Columns = """
        d.workspace_id, w.name as workspace, d.mode as in_mode, d.disbursement_id, d.kind, d.state, d.amount, d.currency, d.bank_code,
        d.account_number, d.recipient_name, d.remark, d.rail, d.changed_at
        """;

    /// <summary>
    /// waiting: at rails that people answer for, oldest first. unknown: at any rail. told: paid by such rails, newest first.
    /// contradictions: of any rail, not looked at yet.
    /// </summary>
    public async Task<(IReadOnlyList<PayoutRow> Rows, bool More)> List(string show, Mode mode, int skip)
    {
        var byPeople = (await routing.Rails()).ByName.Values.Where(r => r.SetUp && !r.Adapter.CanBeAsked).Select(r => r.Name).ToArray();
        const string orders = """
            from rail_orders o
            join disbursements d on d.workspace_id = o.workspace_id and d.mode = o.mode and d.disbursement_id = o.disbursement_id
            join workspaces w on w.workspace_id = o.workspace_id
            where o.mode = @mode
            """;
        var (from, order) = show switch
        {
            "unknown" => ("""
                , null::uuid as file_id, null as contradiction from disbursements d join workspaces w on w.workspace_id = d.workspace_id
                where d.mode = @mode and d.state = 'unknown'
                """, "d.changed_at"),
            "told" => ($"""
                , o.file_id, o.contradiction {orders} and o.rail = any(@byPeople) and o.done_at is not null and d.state = 'succeeded'
                """, "o.done_at desc"),
            "contradictions" => ($", o.file_id, o.contradiction {orders} and o.contradicted_at is not null and o.explained_at is null",
                "o.contradicted_at"),
            _ => ($", o.file_id, o.contradiction {orders} and o.rail = any(@byPeople) and o.done_at is null and d.state = 'executing'",
                "o.handed_at"),
        };
        await using var connection = await database.Desk.OpenConnectionAsync();
        var rows = (await connection.QueryAsync<PayoutRow>(
            $"select {Columns} {from} order by {order}, d.disbursement_id limit @most offset @skip",
            new { mode = (short)mode, byPeople, most = PageSize + 1, skip })).AsList();
        return (rows.Take(PageSize).ToList(), rows.Count > PageSize);
    }

    public async Task<PayoutRow?> Find(WorkspaceId workspace, Mode mode, Guid id)
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<PayoutRow>($"""
            select {Columns} from disbursements d join workspaces w on w.workspace_id = d.workspace_id
            where d.workspace_id = @workspace and d.mode = @mode and d.disbursement_id = @id
            """, new { workspace = workspace.Value, mode = (short)mode, id });
    }

    /// <summary>Of each file rail that has some: how many payments wait for a file, and their sum.</summary>
    public async Task<IReadOnlyList<(string Rail, long Payments, long Total)>> WaitingForFiles(Mode mode)
    {
        var fileRails = (await routing.Rails()).ByName.Values.Where(r => r.Adapter is Core.Rails.IFileRail).Select(r => r.Name).ToArray();
        await using var connection = await database.Desk.OpenConnectionAsync();
        return (await connection.QueryAsync<(string, long, long)>("""
            select o.rail, count(*), sum(d.amount)::bigint from rail_orders o
            join disbursements d on d.workspace_id = o.workspace_id and d.mode = o.mode and d.disbursement_id = o.disbursement_id
            where o.rail = any(@fileRails) and o.mode = @mode and o.done_at is null and o.file_id is null and d.state = 'executing'
            group by o.rail order by o.rail
            """, new { fileRails, mode = (short)mode })).AsList();
    }
}
