using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Dapper;

namespace Bursar.Rooms.Payouts.Beneficiaries;

/// <summary>What beneficiaries are looked for by, the same for API and page.</summary>
public sealed record BeneficiaryQuery(string? Search, IReadOnlyList<string> Banks, string? AccountNumber, string? Cursor, int Limit)
{
    public static readonly QueryParameter[] Parameters =
    [
        new("search", typeof(string), "Words of the name, the account holder or the account number."),
        new("bankCode", typeof(string), "A code of GET /v1/banks.", Repeats: true),
        new("accountNumber", typeof(string), "Exactly this account."),
        QueryParameter.Limit, QueryParameter.Cursor,
    ];

    public static BeneficiaryQuery Parse(IQueryCollection query)
    {
        var read = new QueryReader(query, TimeZoneInfo.Utc);
        return new(read.Text("search"), read.Many("bankCode"), read.Text("accountNumber"), read.Text("cursor"), read.Limit);
    }
}

/// <summary>Beneficiaries newest first, keyset paging.</summary>
public sealed class BeneficiaryReads(Database database)
{
    private const int SearchMax = 10_000;

    public async Task<Result<Page<Beneficiary>>> List(Actor actor, BeneficiaryQuery query)
    {
        if (actor.Require(Permission.ViewTransactions) is { } denied) return denied;
        var from = Cursor.Parse(query.Cursor);
        var rows = await database.Read(actor.Book, $"""
            select {BeneficiaryTable.Columns} from beneficiaries b
            where b.workspace_id = @workspace and b.mode = @mode and b.removed_at is null
                and (@banks::text[] is null or b.bank_code = any(@banks)) and (@AccountNumber::text is null or b.account_number = @AccountNumber)
                and (@words::text[] is null or b.beneficiary_id in (select find_beneficiaries(@words, @SearchMax)))
                and (@at::timestamptz is null or (b.created_at, b.beneficiary_id) < (@at, @id))
            order by b.created_at desc, b.beneficiary_id desc limit @limit
            """, new
        {
            workspace = actor.Book.Workspace.Value,
            mode = (short)actor.Book.Mode,
            banks = query.Banks.Count == 0 ? null : query.Banks.ToArray(),
            query.AccountNumber,
            words = SearchWords.Patterns(query.Search),
            SearchMax,
            at = from?.At,
            id = from?.Id,
            limit = query.Limit + 1,
        }, BeneficiaryTable.ReadRow);
        var next = rows.Count > query.Limit ? new Cursor(rows[query.Limit - 1].CreatedAt, rows[query.Limit - 1].Id).ToString() : null;
        return new Page<Beneficiary>([.. rows.Take(query.Limit).Select(Beneficiary.Of)], next);
    }

    public async Task<Result<Beneficiary>> Get(Actor actor, BeneficiaryId id)
    {
        if (actor.Require(Permission.ViewTransactions) is { } denied) return denied;
        return await Find(actor.Book, id) is { } row ? Beneficiary.Of(row) : Errors.Missing();
    }

    /// <summary>One that was not removed.</summary>
    public async Task<BeneficiaryRow?> Find(BookKey book, BeneficiaryId id)
    {
        var rows = await database.Read(book, $"""
            select {BeneficiaryTable.Columns} from beneficiaries b
            where b.workspace_id = @workspace and b.mode = @mode and b.beneficiary_id = @id and b.removed_at is null
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, id = id.Value }, BeneficiaryTable.ReadRow);
        return rows is [var row] ? row : null;
    }

    public Task<long> Count(BookKey book) => database.One<long>(book,
        "select count(*) from beneficiaries where workspace_id = @workspace and mode = @mode and removed_at is null",
        new { workspace = book.Workspace.Value, mode = (short)book.Mode });
}
