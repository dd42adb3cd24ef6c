using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Receipts;

namespace Bursar.Rooms.Spending.Requests;

/// <summary>Spend requests with what stands beside their rows: receipts and anomalies, for one also the explain card.</summary>
public sealed class SpendViews(Database database)
{
    public async Task<SpendRequest> One(BookKey book, Disbursement d) =>
        (await Many(book, [d]))[0] with { Explain = Explanation.Of(d, await Versions(book, d)) };

    public async Task<IReadOnlyList<SpendRequest>> Many(BookKey book, IReadOnlyList<Disbursement> rows) => rows.Count == 0 ? [] : Made(rows,
        await database.Read(book, ReceiptsOf, Args(book, rows), ReceiptTable.ReadRow),
        await database.Query<Wrong>(book, AnomaliesOf, Args(book, rows)));

    /// <summary>The same of a moment that stands still.</summary>
    public static async Task<IReadOnlyList<SpendRequest>> Many(Snapshot snapshot, BookKey book, IReadOnlyList<Disbursement> rows) => Made(rows,
        await snapshot.Read(ReceiptsOf, Args(book, rows), ReceiptTable.ReadRow),
        await snapshot.Query<Wrong>(AnomaliesOf, Args(book, rows)));

    private const string ReceiptsOf = $"""
        select {ReceiptTable.Columns} from receipts r
        where r.workspace_id = @workspace and r.mode = @mode and r.disbursement_id = any(@ids)
        """;
    private const string AnomaliesOf = """
        select disbursement_id, kind from anomalies
        where workspace_id = @workspace and mode = @mode and disbursement_id = any(@ids) order by opened_at, anomaly_id
        """;

    private static object Args(BookKey book, IReadOnlyList<Disbursement> rows) =>
        new { workspace = book.Workspace.Value, mode = (short)book.Mode, ids = rows.Select(d => d.Id).ToArray() };

    private static IReadOnlyList<SpendRequest> Made(
        IReadOnlyList<Disbursement> rows, IReadOnlyList<(Guid Disbursement, Receipt Receipt)> receipts, IReadOnlyList<Wrong> anomalies)
    {
        var paid = receipts.ToDictionary(r => r.Disbursement, r => r.Receipt);
        var wrong = anomalies.ToLookup(a => a.DisbursementId, a => a.Kind);
        return
        [
            .. rows.Select(d => SpendRequest.Of(d) with
            {
                Receipt = paid.TryGetValue(d.Id, out var receipt) ? ReceiptResource.Of(receipt) : null,
                Anomalies = [.. wrong[d.Id]],
            }),
        ];
    }

    /// <summary>The policy versions that were decided with.</summary>
    private async Task<IReadOnlyList<Policy>> Versions(BookKey book, Disbursement d)
    {
        var inputs = Json.Read<DecisionRecord>(d.DecisionInputs).Inputs;
        if (inputs.Count == 0) return [];
        var documents = await database.Query<string>(book, """
            select v.document from unnest(@policies, @versions) u(p, n)
            join policy_versions v on v.workspace_id = @workspace and v.mode = @mode and v.policy_id = u.p and v.version = u.n
            """, new
        {
            workspace = book.Workspace.Value,
            mode = (short)book.Mode,
            policies = inputs.Select(i => i.Policy.Value).ToArray(),
            versions = inputs.Select(i => i.Version).ToArray(),
        });
        return [.. documents.Select(Json.Read<Policy>)];
    }

    private sealed record Wrong
    {
        public Guid DisbursementId { get; init; }
        public required string Kind { get; init; }
    }
}
