using Bursar.Core.Access;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.MoneyOut;

/// <summary>Rows of a page with the cursors of both directions.</summary>
public sealed record DisbursementPage(IReadOnlyList<Disbursement> Rows, string? Next, string? Previous);

/// <summary>
/// Lists of disbursements, whatever the product: keyset paging, newest first, over a condition on <c>d</c> and its values.
/// </summary>
public static class DisbursementPages
{
    private const int Chunk = 500;

    public static async Task<DisbursementPage> Page(
        this Database database, BookKey book, (string Where, DynamicParameters Args) filter, string? cursor, string? before, int limit)
    {
        var (where, args) = filter;
        var after = Cursor.Parse(cursor);
        var back = after is null ? Cursor.Parse(before) : null;
        if ((after ?? back) is { } from)
        {
            where += $" and (d.created_at, d.disbursement_id) {(back is null ? "<" : ">")} (@cursorAt, @cursorId)";
            args.Add("cursorAt", from.At);
            args.Add("cursorId", from.Id);
        }
        args.Add("limit", limit + 1);
        var order = back is null ? "desc" : "asc";
        var rows = await database.Read(book, $"""
            select {DisbursementTable.Columns} from disbursements d where {where}
            order by d.created_at {order}, d.disbursement_id {order} limit @limit
            """, args, DisbursementTable.ReadRow);
        var more = rows.Count > limit;
        if (more) rows.RemoveAt(limit);
        // Back past the newest row is the first page, whole.
        if (back is not null && !more) return await database.Page(book, filter, null, null, limit);
        if (back is not null) rows.Reverse();
        string? CursorOf(bool exists, int row) =>
            exists && rows.Count > 0 ? new Cursor(rows[row].CreatedAt, rows[row].Id).ToString() : null;
        return new DisbursementPage(rows,
            CursorOf(more || back is not null, rows.Count - 1), CursorOf(after is not null || back is not null, 0));
    }

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
