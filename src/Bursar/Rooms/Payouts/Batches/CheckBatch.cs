using Bursar.Core.Access;
using Bursar.Core.Payments;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Payouts.Inquiries;
using Dapper;
using Npgsql;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>
/// The check behind an upload, a slice of rows at a time, so that it goes on where it was after a crash: whose account it is where a rail
/// can tell, what was paid there before, references that are in use. Then the batch is ready, or invalid if any row has a fault.
/// </summary>
public sealed class CheckBatch(Database database, IPosting posting, AskNames names, BatchForecast forecast, TimeProvider time)
{
    private const int SliceMax = 250;
    private const int HistoryMax = 50;
    private const int LargeFile = 100;
    private static readonly TimeSpan History = TimeSpan.FromDays(KnownFileTable.Days);

    /// <summary>Checks the next rows, as many as the banks answer for in a few seconds, or ends the check when there are none.</summary>
    public async Task Step(Batch batch, CancellationToken ct)
    {
        // Pinned plans: the rows have just come, and no statistics know of them yet.
        await using var connection = await database.Queues.OpenConnectionAsync(ct);
        var rows = (await connection.QueryAsync<Row>("""
            select r.line, r.amount, r.bank_code, r.account_number, r.faults, r.reference <> '' and exists (
                select from disbursements d where d.workspace_id = r.workspace_id and d.mode = r.mode and d.kind = 'money_transfer'
                    and d.reference = r.reference) as reference_taken
            from batch_rows r
            where r.workspace_id = @workspace and r.mode = @mode and r.batch_id = @id and r.inquiry is null order by r.line limit @most
            """, new { workspace = Workspace(batch), mode = Mode(batch), id = batch.Id, most = SliceMax })).AsList();
        if (rows.Count == 0)
        {
            await Finish(batch);
            return;
        }
        bool Asks(Row row) => batch.AsksNames && row.Faults is null && AccountHolders.CanAsk(batch.Maker.Book);
        var asked = await names.Ask(rows.Where(Asks).Select(r => (r.BankCode, r.AccountNumber)).Distinct(), ct);
        await Keep(connection, batch, rows.FindAll(r => !Asks(r) || asked.ContainsKey((r.BankCode, r.AccountNumber))), asked);
    }

    private async Task Keep(NpgsqlConnection connection, Batch batch, List<Row> rows,
        IReadOnlyDictionary<(string, string), InquiryAnswer> answers)
    {
        var past = (await connection.QueryAsync<Past>($"""
            select u.line, h.*,
                exists (select from beneficiaries b where b.workspace_id = @workspace and b.mode = @mode and b.bank_code = u.bank_code
                    and b.account_number = u.account_number and b.removed_at is null and b.account_changed_at > @since
                    and b.account_changed_at > b.created_at) as moved,
                exists (select from payee_changes c where c.workspace_id = @workspace and c.mode = @mode and c.bank_code = u.bank_code
                    and c.account_number = u.account_number and c.changed_at > @cooling) as cools
            from unnest(@lines, @banks, @accounts, @amounts) u(line, bank_code, account_number, amount)
            cross join lateral (
                select count(*) filter (where d.state = 'succeeded') as paid,
                    percentile_disc(0.5) within group (order by d.amount) filter (where d.state = 'succeeded') as median,
                    coalesce(bool_or(d.amount = u.amount and d.state in (
                        'pending_approval', 'approved', 'executing', 'unknown', 'succeeded')), false) as twin
                from (
                    select d.state, d.amount from disbursements d
                    where d.workspace_id = @workspace and d.mode = @mode and d.account_number = u.account_number
                        and d.bank_code = u.bank_code and d.kind = 'money_transfer' and d.created_at > @since
                    order by d.created_at desc limit {HistoryMax}) d) h
            """, new
        {
            workspace = Workspace(batch),
            mode = Mode(batch),
            since = time.NowMicros() - History,
            cooling = time.NowMicros() - PayeeChanges.Cooling,
            lines = rows.Select(r => r.Line).ToArray(),
            banks = rows.Select(r => r.BankCode).ToArray(),
            accounts = rows.Select(r => r.AccountNumber).ToArray(),
            amounts = rows.Select(r => r.Amount).ToArray(),
        })).ToDictionary(p => p.Line);
        var found = rows.ConvertAll(r =>
        {
            var name = answers.GetValueOrDefault((r.BankCode, r.AccountNumber));
            return (Row: r, Name: name, Faults: FaultsOf(r, name), Flags: string.Join(' ', FlagsOf(r, past[r.Line], name)));
        });
        await using var write = new NpgsqlBatch(connection);
        // The whole key comes from the arrays: a part of it given once would be looked up by itself, and found thousands of times.
        write.BatchCommands.Add(Sql.Command("""
            with kept as (
                update batch_rows r set inquiry = u.q, holder = u.h, faults = u.f, flags = r.flags || string_to_array(u.g, ' ')
                from unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::int[], $5::text[], $6::text[], $7::text[], $8::text[])
                    u(w, m, b, l, q, h, f, g)
                where r.workspace_id = u.w and r.mode = u.m and r.batch_id = u.b and r.line = u.l and r.inquiry is null
                returning 1)
            update transfer_batches set checked = checked + (select count(*) from kept)
            where workspace_id = $9 and mode = $10 and batch_id = $11
            """,
            Sql.Array(found, _ => Workspace(batch)), Sql.Array(found, _ => Mode(batch)), Sql.Array(found, _ => batch.Id),
            Sql.Array(found, f => f.Row.Line), Sql.Array(found, f => f.Name is null ? "not_asked" : Json.Name(f.Name.Status)),
            Sql.Array(found, f => f.Name?.AccountHolder), Sql.Array(found, f => f.Faults), Sql.Array(found, f => f.Flags),
            Sql.Value(Workspace(batch)), Sql.Value(Mode(batch)), Sql.Value(batch.Id)));
        await write.ExecuteNonQueryAsync();
    }

    private static IEnumerable<string> FlagsOf(Row row, Past past, InquiryAnswer? name)
    {
        if (past.Paid == 0) yield return RowFlags.NewPayee;
        if (past.Paid == 0 && past.Moved) yield return RowFlags.ChangedAccount;
        if (past.Cools) yield return RowFlags.CoolingAccount;
        if (past.Twin) yield return RowFlags.DuplicateOfTransfer;
        if (past.Median is { } median && row.Amount > 3 * median) yield return RowFlags.Outlier;
        if (name?.Status == InquiryStatus.SuspectedAccount) yield return RowFlags.SuspectedAccount;
        if (name?.Status is InquiryStatus.Pending or InquiryStatus.Failed) yield return RowFlags.NameUnknown;
        if (name is null && row.Faults is null) yield return RowFlags.NameNotAsked;
    }

    private static string? FaultsOf(Row row, InquiryAnswer? answer)
    {
        var found = new List<RowFault>();
        if (row.ReferenceTaken) found.Add(new("reference", "reference_duplicate", "A transfer with this reference exists."));
        if (answer?.Status is InquiryStatus.InvalidAccountNumber or InquiryStatus.Closed or InquiryStatus.BlackListed)
            found.Add(new("accountNumber", "beneficiary_invalid", "The bank does not know this account, or it cannot receive money."));
        if (found.Count == 0) return row.Faults;
        var known = row.Faults is null ? [] : Json.Read<List<KeptFault>>(row.Faults);
        return Json.Write(known.Concat(found.Select(f => new KeptFault(f.Column, f.Code, f.Said.ToString()))).ToList());
    }

    private async Task Finish(Batch batch)
    {
        await FlagLargest(batch);
        await FlagMoved(batch);
        await forecast.Keep(batch);
        var faulty = await HasFaults(batch);
        await posting.Submit(new End(SystemOf(batch), batch.Id, faulty ? BatchState.Invalid : BatchState.Ready));
    }

    /// <summary>The highest hundredth of a file that has hundreds of rows.</summary>
    private async Task FlagLargest(Batch batch)
    {
        if (batch.Rows < LargeFile) return;
        var args = new { workspace = Workspace(batch), mode = Mode(batch), id = batch.Id };
        await using var connection = await database.Engine.OpenConnectionAsync();
        var top = await connection.ExecuteScalarAsync<long?>("""
            select percentile_disc(0.99) within group (order by amount) from batch_rows
            where workspace_id = @workspace and mode = @mode and batch_id = @id
            """, args);
        await connection.ExecuteAsync($"""
            update batch_rows r set flags = r.flags || '{RowFlags.Outlier}'::text
            where r.workspace_id = @workspace and r.mode = @mode and r.batch_id = @id and r.amount > @top
                and not '{RowFlags.Outlier}' = any(r.flags)
            """, new { args.workspace, args.mode, args.id, top });
    }

    /// <summary>
    /// Payees who are new by their account but not by their name. The history is read once for the whole file: an index by name would cost
    /// every transfer, and is of use here only.
    /// </summary>
    private async Task FlagMoved(Batch batch)
    {
        var args = new { workspace = Workspace(batch), mode = Mode(batch), id = batch.Id };
        await using var connection = await database.Engine.OpenConnectionAsync();
        var fresh = (await connection.QueryAsync<Account>($"""
            select r.line, r.bank_code, r.account_number, upper(r.holder) as name from batch_rows r
            where r.workspace_id = @workspace and r.mode = @mode and r.batch_id = @id and r.holder is not null
                and '{RowFlags.NewPayee}' = any(r.flags) and not '{RowFlags.ChangedAccount}' = any(r.flags)
            """, args)).AsList();
        if (fresh.Count == 0) return;
        var known = (await connection.QueryAsync<Account>("""
            select distinct d.bank_code, d.account_number, n.name
            from (select distinct name from unnest(@names) name) n join disbursements d on upper(d.recipient_name) = n.name
            where d.workspace_id = @workspace and d.mode = @mode and d.kind = 'money_transfer' and d.state = 'succeeded'
                and d.created_at > @since
            union
            select b.bank_code, b.account_number, n.name
            from (select distinct name from unnest(@names) name) n join beneficiaries b on upper(b.account_holder) = n.name
            where b.workspace_id = @workspace and b.mode = @mode and b.removed_at is null
            """, new { args.workspace, args.mode, since = time.NowMicros() - History, names = fresh.ConvertAll(f => f.Name) }))
            .ToLookup(k => k.Name, k => (k.BankCode, k.AccountNumber));
        var moved = fresh.FindAll(f => known.Contains(f.Name) && !known[f.Name].Contains((f.BankCode, f.AccountNumber)));
        await connection.ExecuteAsync($"""
            update batch_rows r set flags = r.flags || '{RowFlags.ChangedAccount}'::text
            where r.workspace_id = @workspace and r.mode = @mode and r.batch_id = @id and r.line = any(@lines)
                and not '{RowFlags.ChangedAccount}' = any(r.flags)
            """, new { args.workspace, args.mode, args.id, lines = moved.ConvertAll(m => m.Line) });
    }

    private async Task<bool> HasFaults(Batch batch)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<bool>("""
            select exists (select from batch_rows
                where workspace_id = @workspace and mode = @mode and batch_id = @id and faults is not null)
            """, new { workspace = Workspace(batch), mode = Mode(batch), id = batch.Id });
    }

    private Actor SystemOf(Batch batch) => Actor.System(batch.Maker.Book, "Bursar", RequestId.New(time.GetUtcNow()));

    private static Guid Workspace(Batch batch) => batch.Maker.Book.Workspace.Value;

    private static short Mode(Batch batch) => (short)batch.Maker.Book.Mode;

    private sealed record Row
    {
        public int Line { get; init; }
        public long? Amount { get; init; }
        public required string BankCode { get; init; }
        public required string AccountNumber { get; init; }
        public string? Faults { get; init; }
        public bool ReferenceTaken { get; init; }
    }

    /// <summary>What was paid to the same account of late.</summary>
    private sealed record Past
    {
        public int Line { get; init; }
        public long Paid { get; init; }
        public long? Median { get; init; }
        public bool Twin { get; init; }
        /// <summary>It is saved for a beneficiary that had another account before.</summary>
        public bool Moved { get; init; }
        public bool Cools { get; init; }
    }

    private sealed record Account
    {
        public int Line { get; init; }
        public required string BankCode { get; init; }
        public required string AccountNumber { get; init; }
        public required string Name { get; init; }
    }

    private sealed class End(Actor actor, Guid id, BatchState state) : Command<Batch>(actor)
    {
        public override void Plan(Reads reads) => reads.Of(BatchTable.Instance).Want(Book, id);

        public override Result<Batch> Decide(OpenBook book)
        {
            if (book.Find(BatchTable.Instance, id) is not { State: BatchState.Checking } batch)
                return new Error(Errors.StateConflict, "Its check has ended already.");
            var ended = book.Become(batch, state);
            book.Record(ended);
            return ended;
        }
    }
}
