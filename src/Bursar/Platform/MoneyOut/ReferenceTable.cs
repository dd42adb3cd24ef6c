using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.MoneyOut;

/// <summary>A disbursement by the client's own reference, so that a duplicate is refused even after its idempotency key has gone.</summary>
public sealed record ReferenceUse(Guid Disbursement);

public sealed class ReferenceTable : BookTable<(DisbursementKind Kind, string Reference), ReferenceUse>
{
    public static readonly ReferenceTable Instance = new();

    public override NpgsqlBatchCommand Select(
        IReadOnlyList<(BookKey Book, (DisbursementKind Kind, string Reference) Key)> wanted) => Sql.Command("""
        select d.workspace_id, d.mode, d.kind, d.reference, d.disbursement_id
        from unnest($1::uuid[], $2::smallint[], $3::text[], $4::text[]) u(w, m, k, r)
        join disbursements d on d.workspace_id = u.w and d.mode = u.m and d.kind = u.k and d.reference = u.r
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode),
        Sql.Array(wanted, w => Json.Name(w.Key.Kind)), Sql.Array(wanted, w => w.Key.Reference));

    public override (BookKey, (DisbursementKind, string), ReferenceUse) Read(NpgsqlDataReader reader) =>
        (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)),
            (Json.Parse<DisbursementKind>(reader.GetString(2)), reader.GetString(3)),
            new ReferenceUse(reader.GetGuid(4)));
}
