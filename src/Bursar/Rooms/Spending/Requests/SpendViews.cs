using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Receipts;

namespace Bursar.Rooms.Spending.Requests;

/// <summary>Spend requests with what stands beside their rows: receipts and anomalies, for one also the explain card.</summary>
public sealed class SpendViews(Database database, PolicyReads policies)
{
    public async Task<SpendRequest> One(BookKey book, Disbursement d) =>
        (await Many(book, [d]))[0] with { Explain = Explanation.Of(d, await Versions(book, d)) };

    /// <summary>The policies as they were when they decided.</summary>
    public Task<IReadOnlyList<Policy>> Versions(BookKey book, Disbursement d) =>
        policies.Known(book, d.Decision.Inputs);

    public async Task<IReadOnlyList<SpendRequest>> Many(BookKey book, IReadOnlyList<Disbursement> rows) => rows.Count == 0 ? [] : Made(rows,
        await database.Read(book, ReceiptsOf, Args(book, rows), ReceiptTable.ReadRow),
        await database.Query<Wrong>(book, AnomaliesOf, Args(book, rows)));

    /// <summary>The same of a moment that stands still.</summary>
    public static async Task<IReadOnlyList<SpendRequest>> Many(
        Snapshot snapshot, BookKey book, IReadOnlyList<Disbursement> rows) => Made(rows,
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

    private sealed record Wrong
    {
        public Guid DisbursementId { get; init; }
        public required string Kind { get; init; }
    }
}
