using Bursar.Core.Access;
using Bursar.Core.Payments;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>
/// The check behind an upload, a slice of rows at a time, so that it goes on where it was after a crash: whose account it is where a rail
/// can tell, what was paid there before, references that are in use. Then the batch is ready, or invalid if any row has a fault.
/// </summary>
public sealed class CheckBatch(Database database, IPosting posting, IInquiryRail inquiry, BatchForecast forecast, TimeProvider time)
{
    private const int SliceMax = 1_000;
    private const int InquiriesAtOnce = 16;
    private const int HistoryMax = 50;
    private static readonly TimeSpan History = TimeSpan.FromDays(KnownFileTable.Days);

    /// <summary>Checks the next rows, or ends the check when there are none.</summary>
    public async Task Step(Batch batch, CancellationToken ct)
    {
        await using var connection = await database.Engine.OpenConnectionAsync(ct);
        var rows = (await connection.QueryAsync<Row>("""
            select r.line, r.bank_code, r.account_number, r.faults, r.reference <> '' and exists (
                select from disbursements d where d.workspace_id = r.workspace_id and d.mode = r.mode and d.kind = 'money_transfer'
                    and d.reference = r.reference) as reference_taken
            from batch_rows r
            where r.workspace_id = @workspace and r.mode = @mode and r.batch_id = @id and r.inquiry is null order by r.line limit @most
            """, new { workspace = Workspace(batch), mode = Mode(batch), id = batch.Id, most = SliceMax })).AsList();
        if (rows.Count == 0) await Finish(batch);
        else await Keep(connection, batch, rows, await Names(batch, rows, ct));
    }

    private async Task<IReadOnlyDictionary<(string, string), InquiryAnswer>> Names(Batch batch, IReadOnlyList<Row> rows, CancellationToken ct)
    {
        var answers = new System.Collections.Concurrent.ConcurrentDictionary<(string, string), InquiryAnswer>();
        if (!batch.AsksNames) return answers;
        var accounts = rows.Where(r => r.Faults is null).Select(r => (r.BankCode, r.AccountNumber)).Distinct();
        await Parallel.ForEachAsync(accounts, new ParallelOptions { MaxDegreeOfParallelism = InquiriesAtOnce, CancellationToken = ct },
            async (account, token) => answers[account] = await Ask(account, token));
        return answers;
    }

    // A rail that cannot tell stops nothing; the row says so.
    private async Task<InquiryAnswer> Ask((string Bank, string Account) account, CancellationToken ct)
    {
        try
        {
            return await inquiry.Inquire(account.Bank, account.Account, ct);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or IOException)
        {
            return new InquiryAnswer(InquiryStatus.Failed, null);
        }
    }

    private async Task Keep(Npgsql.NpgsqlConnection connection, Batch batch, List<Row> rows,
        IReadOnlyDictionary<(string, string), InquiryAnswer> names)
    {
        var answers = rows.ConvertAll(r => names.GetValueOrDefault((r.BankCode, r.AccountNumber)));
        await connection.ExecuteAsync($"""
            update batch_rows r set inquiry = u.inquiry, holder = u.holder, faults = u.faults,
                flags = r.flags || array_remove(array[
                    case when h.paid = 0 then '{RowFlags.NewPayee}' end, case when h.twin then '{RowFlags.DuplicateOfTransfer}' end,
                    case when s.amount > 3 * h.median then '{RowFlags.Outlier}' end,
                    case when u.inquiry = 'suspected_account' then '{RowFlags.SuspectedAccount}' end,
                    case when u.inquiry in ('pending', 'failed') then '{RowFlags.NameUnknown}' end], null)
            from unnest(@lines, @inquiries, @holders, @faults) u(line, inquiry, holder, faults)
            join batch_rows s on s.workspace_id = @workspace and s.mode = @mode and s.batch_id = @id and s.line = u.line
            cross join lateral (
                select count(*) filter (where d.state = 'succeeded') as paid,
                    percentile_disc(0.5) within group (order by d.amount) filter (where d.state = 'succeeded') as median,
                    coalesce(bool_or(d.amount = s.amount and d.state in (
                        'pending_approval', 'approved', 'executing', 'unknown', 'succeeded')), false) as twin
                from (
                    select d.state, d.amount from disbursements d
                    where d.workspace_id = @workspace and d.mode = @mode and d.account_number = s.account_number
                        and d.bank_code = s.bank_code and d.kind = 'money_transfer' and d.created_at > @since
                    order by d.created_at desc limit {HistoryMax}) d) h
            where r.workspace_id = @workspace and r.mode = @mode and r.batch_id = @id and r.line = u.line and r.inquiry is null
            """, new
        {
            workspace = Workspace(batch),
            mode = Mode(batch),
            id = batch.Id,
            since = time.NowMicros() - History,
            lines = rows.Select(r => r.Line).ToArray(),
            inquiries = answers.Select(a => a is null ? "not_asked" : Json.Name(a.Status)).ToArray(),
            holders = answers.Select(a => a?.AccountHolder).ToArray(),
            faults = rows.Select((r, i) => FaultsOf(r, answers[i])).ToArray(),
        });
        await connection.ExecuteAsync("""
            update transfer_batches set checked = checked + @count where workspace_id = @workspace and mode = @mode and batch_id = @id
            """, new { workspace = Workspace(batch), mode = Mode(batch), id = batch.Id, count = rows.Count });
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
        await using (var connection = await database.Engine.OpenConnectionAsync())
        {
            // The highest hundredth of a file that has hundreds of rows.
            await connection.ExecuteAsync($"""
                update batch_rows r set flags = r.flags || '{RowFlags.Outlier}'::text
                from (select percentile_disc(0.99) within group (order by amount) as top, count(*) as rows from batch_rows
                    where workspace_id = @workspace and mode = @mode and batch_id = @id) f
                where r.workspace_id = @workspace and r.mode = @mode and r.batch_id = @id and f.rows >= 100 and r.amount > f.top
                    and not '{RowFlags.Outlier}' = any(r.flags)
                """, new { workspace = Workspace(batch), mode = Mode(batch), id = batch.Id });
        }
        await forecast.Keep(batch);
        var faulty = await HasFaults(batch);
        await posting.Submit(new End(SystemOf(batch), batch.Id, faulty ? BatchState.Invalid : BatchState.Ready));
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
        public required string BankCode { get; init; }
        public required string AccountNumber { get; init; }
        public string? Faults { get; init; }
        public bool ReferenceTaken { get; init; }
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
