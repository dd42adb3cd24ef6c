using Bursar.Core.Access;
using Dapper;
using Npgsql;

namespace Bursar.Platform.Data;

/// <summary>Rows of a page with the cursors of both directions.</summary>
public sealed record KeysetPage<T>(IReadOnlyList<T> Rows, string? Next, string? Previous)
{
    public static readonly KeysetPage<T> None = new([], null, null);

    public KeysetPage<TShown> Map<TShown>(Func<T, TShown> show) => new([.. Rows.Select(show)], Next, Previous);
}

/// <summary>
/// A table listed newest first, a page at a time and both ways: what is selected from where, the columns of time and id, and how a row is
/// read and found again.
/// </summary>
public sealed record Keyset<T>(string Select, string At, string Id, Func<NpgsqlDataReader, T> Read, Func<T, Cursor> CursorOf)
{
    /// <summary><paramref name="before"/> counts where there is no <paramref name="cursor"/>.</summary>
    public async Task<KeysetPage<T>> Page(
        Database database, BookKey book, (string Where, DynamicParameters Args) filter, string? cursor, string? before, int limit)
    {
        var (where, args) = filter;
        var after = Cursor.Parse(cursor);
        var back = after is null ? Cursor.Parse(before) : null;
        if ((after ?? back) is { } from)
        {
            where += $" and ({At}, {Id}) {(back is null ? "<" : ">")} (@cursorAt, @cursorId)";
            args.Add("cursorAt", from.At);
            args.Add("cursorId", from.Id);
        }
        args.Add("limit", limit + 1);
        var order = back is null ? "desc" : "asc";
        var rows = await database.Read(
            book, $"{Select} where {where} order by {At} {order}, {Id} {order} limit @limit", args, Read);
        var more = rows.Count > limit;
        if (more) rows.RemoveAt(limit);
        // Back past the newest row is the first page, whole.
        if (back is not null && !more) return await Page(database, book, filter, null, null, limit);
        if (back is not null) rows.Reverse();
        string? Named(bool exists, int row) => exists && rows.Count > 0 ? CursorOf(rows[row]).ToString() : null;
        return new(rows, Named(more || back is not null, rows.Count - 1), Named(after is not null || back is not null, 0));
    }
}
