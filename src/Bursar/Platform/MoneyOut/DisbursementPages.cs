using Bursar.Core.Access;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.MoneyOut;

/// <summary>
/// Lists of disbursements, whatever the product: keyset paging, newest first, over a condition on <c>d</c> and its values.
/// </summary>
public static class DisbursementPages
{
    private const int Chunk = 500;

    private static readonly Keyset<Disbursement> Newest = new($"select {DisbursementTable.Columns} from disbursements d",
        "d.created_at", "d.disbursement_id", DisbursementTable.ReadRow, d => new Cursor(d.CreatedAt, d.Id));

    public static Task<KeysetPage<Disbursement>> Page(
        this Database database, BookKey book, (string Where, DynamicParameters Args) filter, string? cursor, string? before, int limit) =>
        Newest.Page(database, book, filter, cursor, before, limit);

    /// <summary>Every row of the snapshot, newest first, a few hundred at a time.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<Disbursement>> Chunks(
        this Snapshot snapshot, (string Where, DynamicParameters Args) filter)
    {
        var (where, args) = filter;
        args.Add("limit", Chunk);
        args.Add("cursorAt", DateTimeOffset.MaxValue);
        args.Add("cursorId", Guid.Empty);
        for (var found = Chunk; found == Chunk;)
        {
            var rows = await snapshot.Read($"""
                select {DisbursementTable.Columns} from disbursements d
                where {where} and (d.created_at, d.disbursement_id) < (@cursorAt, @cursorId)
                order by d.created_at desc, d.disbursement_id desc limit @limit
                """, args, DisbursementTable.ReadRow);
            found = rows.Count;
            if (found == 0) yield break;
            yield return rows;
            args.Add("cursorAt", rows[^1].CreatedAt);
            args.Add("cursorId", rows[^1].Id);
        }
    }
}
