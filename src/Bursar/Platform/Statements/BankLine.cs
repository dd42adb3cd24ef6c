using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Core.Statements;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.Statements;

/// <summary>
/// What became of a line. Money in waits in <see cref="Suspense"/>, money out in <see cref="Out"/>, until it is tied to what it paid
/// (<see cref="Matching"/>, then <see cref="Matched"/>, <see cref="Paid"/> or <see cref="CameBack"/> once the workspace's book has it
/// too) or an operator says what it is.
/// </summary>
public enum BankLineState { Suspense, Matching, Matched, ToReturn, Out, Paid, CameBack, BankCharge, OwnTransfer }

/// <summary>A line of a bank statement in the house book; the amount is signed minor units, money in positive.</summary>
public sealed record BankLine
{
    public required Guid Id { get; init; }
    public required string Account { get; init; }
    public required string Fingerprint { get; init; }
    public required DateOnly BookedOn { get; init; }
    public required long Amount { get; init; }
    public required string Description { get; init; }
    public string? Counterparty { get; init; }
    public string? CounterpartyAccount { get; init; }
    public string? BankReference { get; init; }
    /// <summary>Of money out by a payment file of ours, the id that we gave the payment.</summary>
    public string? EndToEndId { get; init; }
    public required Guid Import { get; init; }
    public required int Row { get; init; }
    public required BankLineState State { get; init; }
    public required int Version { get; init; }
    public Guid? OwnerWorkspace { get; init; }
    /// <summary>The top-up that it paid.</summary>
    public Guid? Collection { get; init; }
    /// <summary>The payment that it proves to be paid, or gives back.</summary>
    public Guid? Disbursement { get; init; }
    public Guid? Hold { get; init; }
    public string? Note { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }

    public long Size => Math.Abs(Amount);
    public TopUpId? TopUp => Collection is { } id ? new TopUpId(id) : null;

    /// <summary>The payment as rails and statements call it.</summary>
    public string? Payment => Disbursement?.ToString("N");

    /// <summary>Where it waits until it is explained.</summary>
    public BankLineState Unexplained => Amount < 0 ? BankLineState.Out : BankLineState.Suspense;

    /// <summary>What it becomes once the other book has it too.</summary>
    public BankLineState Tied =>
        Collection is not null ? BankLineState.Matched : Amount < 0 ? BankLineState.Paid : BankLineState.CameBack;

    /// <summary>The posting that takes its money from where it waits to the account of a state.</summary>
    public (AccountCode Debit, AccountCode Credit) Legs(BankLineState to) => Amount < 0
        ? (HouseAccounts.Of(to), AccountCode.StatementClearing) : (AccountCode.Suspense, HouseAccounts.Of(to));

    /// <summary>The line as the bank wrote it.</summary>
    public StatementLine Written() => new(Row, BookedOn, Amount, Description)
    {
        Counterparty = Counterparty,
        CounterpartyAccount = CounterpartyAccount,
        BankReference = BankReference,
        EndToEndId = EndToEndId,
        Fingerprint = Fingerprint,
    };
}

/// <summary>Which account of the house holds the money of the lines of a state; docs/ledger.md shows the postings.</summary>
public static class HouseAccounts
{
    public static AccountCode Of(BankLineState state) => state switch
    {
        BankLineState.Suspense => AccountCode.Suspense,
        BankLineState.Matched => AccountCode.Customers,
        BankLineState.ToReturn => AccountCode.Returns,
        BankLineState.Out => AccountCode.StatementClearing,
        BankLineState.Paid or BankLineState.CameBack => AccountCode.PaidOut,
        BankLineState.BankCharge => AccountCode.BankCharges,
        BankLineState.OwnTransfer => AccountCode.OwnTransfers,
        _ => throw new InvalidOperationException("money of a line that is being matched is held"),
    };
}

public sealed class BankLineTable : BookTable<Guid, BankLine>
{
    public static readonly BankLineTable Instance = new();

    public const string Columns = """
        l.workspace_id, l.mode, l.line_id, l.account, l.fingerprint, l.booked_on, l.amount, l.description, l.counterparty,
        l.counterparty_account, l.bank_reference, l.import_id, l.row_number, l.state, l.version, l.owner_workspace, l.collection_id,
        l.hold, l.note, l.changed_at, l.end_to_end_id, l.disbursement_id
        """;

    public override NpgsqlBatchCommand Select(IReadOnlyList<(BookKey Book, Guid Key)> wanted) => Sql.Command($"""
        select {Columns} from unnest($1::uuid[], $2::smallint[], $3::uuid[]) u(w, m, i)
        join statement_lines l on l.workspace_id = u.w and l.mode = u.m and l.line_id = u.i
        """,
        Sql.Array(wanted, w => w.Book.Workspace.Value), Sql.Array(wanted, w => (short)w.Book.Mode), Sql.Array(wanted, w => w.Key));

    public override (BookKey, Guid, BankLine) Read(NpgsqlDataReader reader)
    {
        var row = ReadRow(reader);
        return (new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), row.Id, row);
    }

    public static BankLine ReadRow(NpgsqlDataReader r) => new()
    {
        Id = r.GetGuid(2),
        Account = r.GetString(3),
        Fingerprint = r.GetString(4),
        BookedOn = r.GetFieldValue<DateOnly>(5),
        Amount = r.GetInt64(6),
        Description = r.GetString(7),
        Counterparty = r.Text(8),
        CounterpartyAccount = r.Text(9),
        BankReference = r.Text(10),
        Import = r.GetGuid(11),
        Row = r.GetInt32(12),
        State = Json.Parse<BankLineState>(r.GetString(13)),
        Version = r.GetInt32(14),
        OwnerWorkspace = r.GuidOrNull(15),
        Collection = r.GuidOrNull(16),
        Hold = r.GuidOrNull(17),
        Note = r.Text(18),
        ChangedAt = r.Time(19),
        EndToEndId = r.Text(20),
        Disbursement = r.GuidOrNull(21),
    };

    public override NpgsqlBatchCommand Insert(IReadOnlyList<(BookKey Book, Guid Key, BankLine Row)> rows) => Sql.Command("""
        insert into statement_lines (workspace_id, mode, line_id, account, fingerprint, booked_on, amount, description, counterparty,
            counterparty_account, bank_reference, import_id, row_number, state, version, owner_workspace, collection_id, hold, changed_at,
            end_to_end_id, disbursement_id)
        select * from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::text[], $6::date[], $7::bigint[], $8::text[],
            $9::text[], $10::text[], $11::text[], $12::uuid[], $13::int[], $14::text[], $15::int[], $16::uuid[], $17::uuid[], $18::uuid[],
            $19::timestamptz[], $20::text[], $21::uuid[])
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.Id),
        Sql.Array(rows, r => r.Row.Account), Sql.Array(rows, r => r.Row.Fingerprint), Sql.Array(rows, r => r.Row.BookedOn),
        Sql.Array(rows, r => r.Row.Amount), Sql.Array(rows, r => r.Row.Description), Sql.Array(rows, r => r.Row.Counterparty),
        Sql.Array(rows, r => r.Row.CounterpartyAccount), Sql.Array(rows, r => r.Row.BankReference), Sql.Array(rows, r => r.Row.Import),
        Sql.Array(rows, r => r.Row.Row), Sql.Array(rows, r => Json.Name(r.Row.State)), Sql.Array(rows, r => r.Row.Version),
        Sql.Array(rows, r => r.Row.OwnerWorkspace), Sql.Array(rows, r => r.Row.Collection), Sql.Array(rows, r => r.Row.Hold),
        Sql.Array(rows, r => r.Row.ChangedAt), Sql.Array(rows, r => r.Row.EndToEndId),
        Sql.Array(rows, r => r.Row.Disbursement));

    public override NpgsqlBatchCommand Update(IReadOnlyList<(BookKey Book, Guid Key, BankLine Row)> rows) => Sql.Command("""
        update statement_lines l set state = u.s, version = u.v, owner_workspace = u.o, collection_id = u.c, hold = u.h, note = u.n,
            changed_at = u.t, disbursement_id = u.d
        from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::text[], $5::int[], $6::uuid[], $7::uuid[], $8::uuid[], $9::text[],
            $10::timestamptz[], $11::uuid[]) u(w, m, i, s, v, o, c, h, n, t, d)
        where l.workspace_id = u.w and l.mode = u.m and l.line_id = u.i
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Row.Id),
        Sql.Array(rows, r => Json.Name(r.Row.State)), Sql.Array(rows, r => r.Row.Version), Sql.Array(rows, r => r.Row.OwnerWorkspace),
        Sql.Array(rows, r => r.Row.Collection), Sql.Array(rows, r => r.Row.Hold), Sql.Array(rows, r => r.Row.Note),
        Sql.Array(rows, r => r.Row.ChangedAt), Sql.Array(rows, r => r.Row.Disbursement));
}
