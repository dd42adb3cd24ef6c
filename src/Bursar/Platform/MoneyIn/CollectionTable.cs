using Bursar.Core.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.MoneyIn;

public sealed class CollectionTable : BookTable<Guid, Collection>
{
    public static readonly CollectionTable Instance = new();

    public const string Columns = """
        c.workspace_id, c.mode, c.collection_id, c.kind, c.state, c.version, c.amount, c.currency, c.unique_code, c.pay_amount,
        c.channel, c.bank_code, c.receiving_account, c.note, c.via_atm, c.received, c.maker_name, c.created_at, c.changed_at,
        c.expires_at, c.completed_at, c.virtual_account, c.received_line
        """;

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, Guid Key)> wanted) => Sql.Command($"""
        select {Columns} from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, i)
        join collections c on c.workspace_id = u.w and c.mode = u.m and c.collection_id = u.i
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key));

    public override (BookKey, Guid, Collection) Read(NpgsqlDataReader reader)
    {
        var row = ReadRow(reader);
        return (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), row.Id, row);
    }

    public static Collection ReadRow(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(2),
        Kind = Json.Parse<CollectionKind>(r.GetString(3)),
        State = Json.Parse<CollectionState>(r.GetString(4)),
        Version = r.GetInt32(5),
        Amount = r.GetInt64(6),
        Currency = r.GetString(7),
        UniqueCode = r.IsDBNull(8) ? null : r.GetInt32(8),
        PayAmount = r.GetInt64(9),
        Channel = r.GetString(10),
        BankCode = r.Text(11),
        ReceivingAccount = r.Text(12),
        Note = r.Text(13),
        ViaAtm = r.GetBoolean(14),
        Received = r.IsDBNull(15) ? null : r.GetInt64(15),
        MakerName = r.GetString(16),
        CreatedAt = r.Time(17),
        ChangedAt = r.Time(18),
        ExpiresAt = r.Time(19),
        CompletedAt = r.TimeOrNull(20),
        VirtualAccount = r.Text(21),
        ReceivedLine = r.GuidOrNull(22),
    };

    public override NpgsqlBatchCommand Insert(IReadOnlyList<(BookKey Book, Guid Key, Collection Row)> rows) => Sql.Command("""
        insert into collections (workspace_id, mode, collection_id, kind, state, version, amount, currency, unique_code,
            pay_amount, channel, bank_code, receiving_account, note, via_atm, maker_name, created_at, changed_at, expires_at,
            virtual_account)
        select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::text[], $6::int[], $7::bigint[], $8::text[],
            $9::int[], $10::bigint[], $11::text[], $12::text[], $13::text[], $14::text[], $15::boolean[], $16::text[],
            $17::timestamptz[],
            $18::timestamptz[], $19::timestamptz[], $20::text[])
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.Id),
        Sql.Array(rows, r => Json.Name(r.Row.Kind)), Sql.Array(rows, r => Json.Name(r.Row.State)), Sql.Array(rows, r => r.Row.Version),
        Sql.Array(rows, r => r.Row.Amount), Sql.Array(rows, r => r.Row.Currency), Sql.Array(rows, r => r.Row.UniqueCode),
        Sql.Array(rows, r => r.Row.PayAmount), Sql.Array(rows, r => r.Row.Channel), Sql.Array(rows, r => r.Row.BankCode),
        Sql.Array(rows, r => r.Row.ReceivingAccount), Sql.Array(rows, r => r.Row.Note), Sql.Array(rows, r => r.Row.ViaAtm),
        Sql.Array(rows, r => r.Row.MakerName), Sql.Array(rows, r => r.Row.CreatedAt), Sql.Array(rows, r => r.Row.ChangedAt),
        Sql.Array(rows, r => r.Row.ExpiresAt), Sql.Array(rows, r => r.Row.VirtualAccount));

    public override NpgsqlBatchCommand Update(IReadOnlyList<(BookKey Book, Guid Key, Collection Row)> rows) => Sql.Command("""
        update collections c set state = u.s, version = u.v, via_atm = u.a, received = u.r, changed_at = u.t, completed_at = u.d,
            received_line = u.l
        from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::int[], $6::boolean[], $7::bigint[], $8::timestamptz[],
            $9::timestamptz[], $10::uuid[])
            u(w, m, i, s, v, a, r, t, d, l)
        where c.workspace_id = u.w and c.mode = u.m and c.collection_id = u.i
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.Id),
        Sql.Array(rows, r => Json.Name(r.Row.State)), Sql.Array(rows, r => r.Row.Version), Sql.Array(rows, r => r.Row.ViaAtm),
        Sql.Array(rows, r => r.Row.Received), Sql.Array(rows, r => r.Row.ChangedAt), Sql.Array(rows, r => r.Row.CompletedAt),
        Sql.Array(rows, r => r.Row.ReceivedLine));
}

/// <summary>How many collections of a kind are open in the book; kept right for the commands of one batch.</summary>
public sealed record OpenCount(long Count);

public sealed class OpenCountTable : BookTable<CollectionKind, OpenCount>
{
    public static readonly OpenCountTable Instance = new();

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, CollectionKind Key)> wanted) => Sql.Command("""
        select u.w, u.m, u.k, (select count(*) from collections c
            where c.workspace_id = u.w and c.mode = u.m and c.kind = u.k and c.state in ('waiting', 'confirmed_by_user'))
        from unnest($1::uuid[], $2::smallint[], $3::text[]) u(w, m, k)
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode),
        Sql.Array(wanted, w => Json.Name(w.Key)));

    public override (BookKey, CollectionKind, OpenCount) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), Json.Parse<CollectionKind>(reader.GetString(2)),
            new OpenCount(reader.GetInt64(3)));
}
