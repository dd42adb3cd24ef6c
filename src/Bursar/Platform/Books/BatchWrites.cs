using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.Books;

/// <summary>What a batch only ever appends: journal, outbox, ledger transfers. Undone to a mark when one command fails.</summary>
public sealed class BatchWrites
{
    private int journal, outbox, ledger;

    public List<JournalEntry> Journal { get; } = [];
    public List<OutboxRow> Outbox { get; } = [];
    public List<LedgerRow> Ledger { get; } = [];

    /// <summary>Internal facts of the running command; they survive its refusal.</summary>
    public List<(string Type, Guid Subject, string Data)> Notes { get; } = [];

    public void Mark()
    {
        (journal, outbox, ledger) = (Journal.Count, Outbox.Count, Ledger.Count);
        Notes.Clear();
    }

    public void Undo()
    {
        Journal.RemoveRange(journal, Journal.Count - journal);
        Outbox.RemoveRange(outbox, Outbox.Count - outbox);
        Ledger.RemoveRange(ledger, Ledger.Count - ledger);
    }

    public void AddTo(NpgsqlBatch batch)
    {
        if (Ledger.Count > 0) batch.BatchCommands.Add(LedgerRow.Insert(Ledger));
        if (Journal.Count > 0) batch.BatchCommands.Add(JournalEntry.Insert(Journal));
        if (Outbox.Count > 0) batch.BatchCommands.Add(OutboxRow.Insert(Outbox));
    }
}

/// <summary>A ledger transfer of one book, with both accounts as they stood after it, so that history proves itself.</summary>
public sealed record LedgerRow(BookKey Book, LedgerTransfer Transfer)
{
    public static NpgsqlBatchCommand Insert(IReadOnlyList<LedgerRow> rows) => Sql.Command("""
        insert into ledger_transfers (workspace_id, mode, transfer_id, debit_account, credit_account, amount, kind, pending_id,
            debit_version, debit_pending_after, debit_posted_after, credit_version, credit_pending_after, credit_posted_after,
            reference, booked_at)
        select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::smallint[], $8::uuid[],
            $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::uuid[], $16::timestamptz[])
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Transfer.Id.Value),
        Sql.Array(rows, r => r.Transfer.Debit.Value), Sql.Array(rows, r => r.Transfer.Credit.Value),
        Sql.Array(rows, r => r.Transfer.Amount), Sql.Array(rows, r => (short)r.Transfer.Kind),
        Sql.Array(rows, r => r.Transfer.Pending?.Value), Sql.Array(rows, r => r.Transfer.DebitAfter.Version),
        Sql.Array(rows, r => r.Transfer.DebitAfter.DebitsPending), Sql.Array(rows, r => r.Transfer.DebitAfter.DebitsPosted),
        Sql.Array(rows, r => r.Transfer.CreditAfter.Version), Sql.Array(rows, r => r.Transfer.CreditAfter.CreditsPending),
        Sql.Array(rows, r => r.Transfer.CreditAfter.CreditsPosted), Sql.Array(rows, r => r.Transfer.Reference),
        Sql.Array(rows, r => r.Transfer.BookedAt));
}
