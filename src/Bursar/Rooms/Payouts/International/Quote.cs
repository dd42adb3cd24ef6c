using Bursar.Core.Access;
using Bursar.Core.Corridors;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Rooms.Payouts.International;

/// <summary>
/// An offer: so much of a currency for so many rupiah. <paramref name="Amount"/> in minor units of <paramref name="Currency"/>;
/// <paramref name="Rate"/> is rupiah for one whole unit of it, as a decimal; <paramref name="Arrival"/> is a day there.
/// </summary>
public sealed record QuoteResource(
    QuoteId Id, string Country, string Currency, CorridorType Type, long Amount, string Rate, long Fee, long SourceAmount,
    DateTimeOffset ExpiresAt, DateOnly Arrival);

/// <summary>An offer and the transfer that took it.</summary>
public sealed record Quote(StoredJson Kept, DateTimeOffset ExpiresAt, Guid? UsedBy)
{
    public QuoteResource Offer => Kept.As<QuoteResource>();
}

public sealed class QuoteTable : BookTable<Guid, Quote>
{
    public static readonly QuoteTable Instance = new();

    /// <summary>A day after it ended nobody asks for it any more; the transfer that took it holds its figures.</summary>
    public static readonly Retention Kept = new(TimeSpan.FromDays(1), """
        delete from quotes where (workspace_id, mode, quote_id) in (
            select workspace_id, mode, quote_id from quotes where expires_at < @before limit @most)
        """);

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, Guid Key)> wanted) => Sql.Command("""
        select q.workspace_id, q.mode, q.quote_id, q.offer, q.expires_at, q.used_by
        from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, i)
        join quotes q on q.workspace_id = u.w and q.mode = u.m and q.quote_id = u.i
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key));

    public override (BookKey, Guid, Quote) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), reader.GetGuid(2),
            new Quote(StoredJson.Read(reader.GetString(3)), reader.Time(4), reader.GuidOrNull(5)));

    public override NpgsqlBatchCommand Insert(IReadOnlyList<(BookKey Book, Guid Key, Quote Row)> rows) => Sql.Command("""
        insert into quotes (workspace_id, mode, quote_id, offer, expires_at)
        select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::timestamptz[])
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Key),
        Sql.Array(rows, r => r.Row.Kept.Text), Sql.Array(rows, r => r.Row.ExpiresAt));

    public override NpgsqlBatchCommand Update(IReadOnlyList<(BookKey Book, Guid Key, Quote Row)> rows) => Sql.Command("""
        update quotes q set used_by = u.t from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[]) u(w, m, i, t)
        where q.workspace_id = u.w and q.mode = u.m and q.quote_id = u.i
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Key),
        Sql.Array(rows, r => r.Row.UsedBy));
}
