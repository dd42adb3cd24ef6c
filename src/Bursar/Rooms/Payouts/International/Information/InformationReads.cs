using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Bursar.Platform.Http;

namespace Bursar.Rooms.Payouts.International.Information;

/// <summary>A file that belongs to a question's answer, or the invoice of a transfer.</summary>
public sealed record FileName
{
    public Guid AttachmentId { get; init; }
    public required string Name { get; init; }
    public Guid UsedBy { get; init; }
    public int Size { get; init; }

    public string Id => new AttachmentId(AttachmentId).ToString();
}

/// <summary>A question in a list: with whom it is about.</summary>
public sealed record ListedQuestion(InformationRequest Request, string Beneficiary);

public sealed class InformationReads(Database database, TimeProvider time)
{
    private const int ListMax = 100;
    private static readonly TimeSpan LockedHistory = TimeSpan.FromDays(7);

    private static readonly QueryParameter[] Parameters =
    [
        new("transferId", typeof(string), "Only those of this transfer."),
        QueryParameter.AnyOf<InformationState>("state", "Only these states."),
        QueryParameter.Limit, QueryParameter.Cursor,
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/information-requests", (HttpContext http, InformationReads reads) =>
            Api.Call(http, actor => reads.List(actor, http.Request.Query)))
            .Describe<Page<InformationRequestResource>>("List information requests", query: Parameters);
        routes.MapGet("/v1/information-requests/{id}", (HttpContext http, string id, InformationReads reads) =>
            Api.Call(http, actor => reads.Get(actor, id))).Describe<InformationRequestResource>("Get an information request");
    }

    private async Task<Result<Page<InformationRequestResource>>> List(Actor actor, IQueryCollection query)
    {
        if (actor.Require(Permission.ViewTransactions) is { } denied) return denied;
        var read = new QueryReader(query, TimeZoneInfo.Utc);
        Guid? transfer = null;
        if (read.Text("transferId") is { } text)
            transfer = InternationalTransferId.TryParse(text, out var id) ? id.Value : Guid.Empty;
        var rows = await Rows(actor, transfer, read.Known<InformationState>("state"), Cursor.Parse(read.Text("cursor")), read.Limit + 1);
        var more = rows.Count > read.Limit;
        if (more) rows.RemoveAt(read.Limit);
        return new Page<InformationRequestResource>([.. rows.Select(r => InformationRequestResource.Of(r.Request))],
            more ? new Cursor(rows[^1].Request.AskedAt, rows[^1].Request.Id).ToString() : null);
    }

    private async Task<Result<InformationRequestResource>> Get(Actor actor, string id)
    {
        if (actor.Require(Permission.ViewTransactions) is { } denied) return denied;
        return InformationRequestId.TryParse(id, out var request) && await Find(actor.Book, request) is { } found
            ? InformationRequestResource.Of(found) : Errors.Missing();
    }

    /// <summary>The newest; those that somebody must answer first.</summary>
    public async Task<IReadOnlyList<ListedQuestion>> Newest(Actor actor) =>
        [.. (await Rows(actor, null, [InformationState.Open], null, ListMax))
            .Concat(await Rows(actor, null, Enum.GetValues<InformationState>()[1..], null, ListMax))];

    private Task<List<ListedQuestion>> Rows(
        Actor actor, Guid? transfer, IReadOnlyList<InformationState> states, Cursor? after, int limit) => database.Read(actor.Book, $"""
        select {InformationTable.Columns}, d.recipient_name from information_requests i
        join disbursements d on d.workspace_id = i.workspace_id and d.mode = i.mode and d.disbursement_id = i.transfer_id
        where i.workspace_id = @workspace and i.mode = @mode and (@transfer::uuid is null or i.transfer_id = @transfer)
            and (cardinality(@states) = 0 or i.state = any(@states)) and i.asked_at >= @since
            and (@at::timestamptz is null or (i.asked_at, i.request_id) < (@at, @id))
        order by i.asked_at desc, i.request_id desc limit @limit
        """, new
    {
        workspace = actor.Book.Workspace.Value,
        mode = (short)actor.Book.Mode,
        transfer,
        states = states.Select(s => Json.Name(s)).ToArray(),
        // Customer Service sees 7 days of everything.
        since = actor.May(Permission.ViewAllHistory) ? DateTimeOffset.UnixEpoch : time.NowMicros() - LockedHistory,
        at = after?.At,
        id = after?.Id ?? Guid.Empty,
        limit,
    }, r => new ListedQuestion(InformationTable.ReadRow(r), r.GetString(14)));

    public async Task<InformationRequest?> Find(BookKey book, InformationRequestId id)
    {
        var rows = await database.Read(book, $"""
            select {InformationTable.Columns} from information_requests i
            where i.workspace_id = @workspace and i.mode = @mode and i.request_id = @id
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, id = id.Value }, InformationTable.ReadRow);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>All that was asked about a transfer, in order.</summary>
    public async Task<IReadOnlyList<InformationRequest>> Of(BookKey book, Guid transfer) => await database.Read(book, $"""
        select {InformationTable.Columns} from information_requests i
        where i.workspace_id = @workspace and i.mode = @mode and i.transfer_id = @transfer order by i.asked_at, i.request_id
        """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, transfer }, InformationTable.ReadRow);

    /// <summary>The files of these answers and transfers, by what has them.</summary>
    public async Task<ILookup<Guid, FileName>> Files(BookKey book, IEnumerable<Guid> takers) => (await database.Query<FileName>(book, """
        select attachment_id, name, used_by, octet_length(content) as size from attachments
        where workspace_id = @workspace and mode = @mode and used_by = any(@takers) order by created_at, attachment_id
        """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, takers = takers.ToArray() })).ToLookup(f => f.UsedBy);

    /// <summary>How many wait for an answer, how many of them are overdue, and the transfer of the one that was asked first.</summary>
    public async Task<(long Open, long Overdue, Guid? First)> Waiting(BookKey book) =>
        await database.One<(long, long, Guid?)>(book, """
            select count(*), count(*) filter (where due_at < @now), (array_agg(transfer_id order by asked_at))[1] from information_requests
            where workspace_id = @workspace and mode = @mode and state = 'open'
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, now = time.NowMicros() });
}
