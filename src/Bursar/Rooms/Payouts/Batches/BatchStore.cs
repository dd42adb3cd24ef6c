using Bursar.Core.Payments;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;
using Npgsql;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>The rows of a batch outside of any decision: kept when they come, dropped when no batch came of them.</summary>
public sealed class BatchStore(Database database, TimeProvider time)
{
    private const int AtOnce = 1_000;

    /// <summary>Rows of an upload that ended before its batch was there.</summary>
    public static readonly Retention Orphans = new(TimeSpan.FromDays(1), """
        delete from batch_rows where ctid = any(array(
            select r.ctid from batch_rows r where r.stored_at < @before and not exists (
                select from transfer_batches b
                where b.workspace_id = r.workspace_id and b.mode = r.mode and b.batch_id = r.batch_id)
            limit @most))
        """);

    public async Task Keep(Batch batch, IReadOnlyList<CheckedRow> rows)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        foreach (var slice in rows.Chunk(AtOnce))
        {
            await using var insert = new NpgsqlBatch(connection, transaction) { BatchCommands = { Insert(batch, slice) } };
            await insert.ExecuteNonQueryAsync();
        }
        await transaction.CommitAsync();
    }

    public async Task Forget(Batch batch)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        await connection.ExecuteAsync(
            "delete from batch_rows where workspace_id = @workspace and mode = @mode and batch_id = @id",
            new { workspace = batch.Maker.Book.Workspace.Value, mode = (short)batch.Maker.Book.Mode, id = batch.Id });
    }

    private NpgsqlBatchCommand Insert(Batch batch, IReadOnlyList<CheckedRow> rows) => Sql.Command("""
        insert into batch_rows (workspace_id, mode, batch_id, stored_at, line, amount, fee, bank_code, account_number, remark, reference,
            recipient_emails, faults, flags)
        select $1, $2, $3, $4, l, a, f, b, n, r, e, m, x, string_to_array(g, ' ')
        from unnest($5::int[], $6::bigint[], $7::bigint[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
            $14::text[]) u(l, a, f, b, n, r, e, m, x, g)
        """,
        Sql.Value(batch.Maker.Book.Workspace.Value), Sql.Value((short)batch.Maker.Book.Mode), Sql.Value(batch.Id),
        Sql.Value(time.NowMicros()), Sql.Array(rows, r => r.Row.Line), Sql.Array(rows, r => r.Amount), Sql.Array(rows, r => r.Fee),
        Sql.Array(rows, r => Stored(r.Row.BankCode)), Sql.Array(rows, r => Stored(r.Row.AccountNumber)),
        Sql.Array(rows, r => Stored(r.Row.Remark)), Sql.Array(rows, r => Stored(r.Row.Reference)),
        Sql.Array(rows, r => Stored(r.Row.RecipientEmails)), Sql.Array(rows, r => Faults(r.Faults)),
        Sql.Array(rows, r => string.Join(' ', r.Flags)));

    /// <summary>A row with a NUL is refused by its faults; what is kept of it can be shown.</summary>
    private static string Stored(string text) => string.Concat(text.EnumerateRunes().Where(rune => rune.Value != 0));

    /// <summary>Faults as a row keeps them: their sentences with the values apart cannot be kept, so they are said in English.</summary>
    public static string? Faults(IReadOnlyList<RowFault> faults) => faults.Count == 0 ? null
        : Json.Write(faults.Select(f => new KeptFault(f.Column, f.Code, f.Said.ToString())).ToList());
}

/// <summary>A fault as it is kept beside its row.</summary>
public sealed record KeptFault(string? Column, string Code, string Detail);
