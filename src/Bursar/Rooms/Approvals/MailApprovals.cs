using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Languages;
using Bursar.Platform.Messages;
using Bursar.Platform.Ui;
using Dapper;
using Npgsql;

namespace Bursar.Rooms.Approvals;

/// <summary>Wants every approval that begins to wait; those of a batch once, with the batch.</summary>
public sealed class ApprovalMailConsumer : IConsumer
{
    public const short Id = 4;

    public short Number => Id;

    public bool Wants(OpenBook book, JournalEntry entry) => entry.Type == Approving.BatchWaiting
        || (entry.Type == Approving.Pending && book.Find(ApprovalTable.Instance, new(entry.Subject)) is not { BatchId: not null });
}

/// <summary>
/// E-mails what waits to the notification address, else to everybody who may approve it, in the reader's language. A link opens the card
/// and decides nothing. What comes within a minute of a mail waits for the next one, and the wait doubles up to ten minutes until it is
/// quiet: an agent that asks in a loop must not use up what a mailbox takes from us, sign-in codes included.
/// </summary>
public sealed class MailApprovals(Database database, MessageQueue messages, SiteAddress site, TimeProvider time)
    : PeriodicPass("mailing approvals", TimeSpan.FromSeconds(2), time)
{
    private const int BooksAtOnce = 50;
    private const int ApprovalsMax = 1000;
    private const int ReadersMax = 20;
    private const int LinesMax = 8;
    private const int NameMax = 60;

    protected override async Task Pass(CancellationToken ct)
    {
        await using var connection = await database.Engine.OpenConnectionAsync(ct);
        var books = await connection.QueryAsync<(Guid Workspace, short Mode)>("""
            select distinct o.workspace_id, o.mode from outbox o
            left join approval_mails x on x.workspace_id = o.workspace_id and x.mode = o.mode
            where o.consumer = @consumer and o.due <= @now and (x.next_at is null or x.next_at <= @now) limit @BooksAtOnce
            """, new { consumer = ApprovalMailConsumer.Id, now = Time.NowMicros(), BooksAtOnce });
        foreach (var (workspace, mode) in books)
        {
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await Mail(connection, new BookKey(new(workspace), (Mode)mode));
            await transaction.CommitAsync(ct);
        }
    }

    private async Task Mail(NpgsqlConnection connection, BookKey book)
    {
        if (!await TakeTurn(connection, book)) return;
        var waiting = await Waiting(connection, book);
        if (waiting.Count == 0) return;
        foreach (var reader in await Readers(connection, book))
        {
            var theirs = waiting.Where(a => reader.MayApprove(a)).ToList();
            if (theirs.Count > 0) await messages.Send(connection, Message(book, reader, theirs));
        }
    }

    /// <summary>False when another process mails for this book at this moment, or just did.</summary>
    private async Task<bool> TakeTurn(NpgsqlConnection connection, BookKey book) => await connection.ExecuteAsync("""
        insert into approval_mails (workspace_id, mode, next_at, wait)
        values (@workspace, @mode, @now::timestamptz + interval '1 minute', interval '1 minute')
        on conflict (workspace_id, mode) do update set
            wait = case when approval_mails.next_at + interval '10 minutes' <= @now then interval '1 minute'
                else least(approval_mails.wait * 2, interval '10 minutes') end,
            next_at = @now::timestamptz + case when approval_mails.next_at + interval '10 minutes' <= @now then interval '1 minute'
                else least(approval_mails.wait * 2, interval '10 minutes') end
            where approval_mails.next_at <= @now
        """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, now = Time.NowMicros() }) == 1;

    /// <summary>Takes the rows of the book from the outbox; what of them still waits for somebody, the oldest first.</summary>
    private static async Task<List<Row>> Waiting(NpgsqlConnection connection, BookKey book) => (await connection.QueryAsync<Row>("""
        with gone as (
            delete from outbox o using (
                select position from outbox where workspace_id = @workspace and mode = @mode and consumer = @consumer
                order by position limit @ApprovalsMax for update skip locked) t
            where o.workspace_id = @workspace and o.mode = @mode and o.position = t.position and o.consumer = @consumer
            returning o.subject)
        select * from (
            select a.approval_id, a.amount, a.currency, a.merchant, a.beneficiary, a.agent_id, a.requester_person,
                null::uuid as batch_id, 1::bigint as rows, a.created_at
            from gone g join approvals a on a.workspace_id = @workspace and a.mode = @mode and a.approval_id = g.subject
            where a.state = 'pending'
            union all
            select a.batch_id, sum(a.amount)::bigint, a.currency, null, null, null, a.requester_person, a.batch_id, count(*), min(a.created_at)
            from gone g join approvals a on a.workspace_id = @workspace and a.mode = @mode and a.batch_id = g.subject
            where a.state = 'pending' group by a.batch_id, a.currency, a.requester_person) w
        order by w.created_at, w.approval_id
        """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, consumer = ApprovalMailConsumer.Id, ApprovalsMax })).AsList();

    private static async Task<List<Reader>> Readers(NpgsqlConnection connection, BookKey book) => (await connection.QueryAsync<Reader>("""
        with own as (
            select name, notification_email, language, separation_of_duties from workspaces where workspace_id = @workspace)
        select w.name as workspace, w.notification_email as email, w.language, null::uuid as person, false as duties_apart
        from own w where w.notification_email is not null
        union all
        (select w.name, p.email, coalesce(p.language, w.language), p.person_id, w.separation_of_duties
        from own w cross join members m join persons p on p.person_id = m.person_id
        where w.notification_email is null and m.workspace_id = @workspace and m.state = 'active' and m.role = any(@roles)
        order by m.created_at limit @ReadersMax)
        """, new { workspace = book.Workspace.Value, roles = ApprovalReads.ApprovingRoles, ReadersMax })).AsList();

    /// <summary>
    /// Says how much goes to whom, not why: a reason is the asker's own prose, and a mail no place for somebody else's links.
    /// </summary>
    private OutgoingMessage Message(BookKey book, Reader reader, List<Row> waiting)
    {
        var language = Language.Find(reader.Language) ?? Language.English;
        var page = $"/{PageContext.ModeSegment(book.Mode)}/approvals";
        var subject = waiting is [var single]
            ? language.Say($"{reader.Workspace}: {MoneyText.Full(single.Money)} waits for approval")
            : language.Say($"{reader.Workspace}: {waiting.Count} requests wait for approval");
        var lines = waiting.Take(LinesMax).Select(a => $"{Line(language, a)}\n{site.To(Link(book, page, a))}\n");
        var rest = waiting.Count > LinesMax ? language.Say($"And {waiting.Count - LinesMax} more: {site.To(page)}") + "\n\n" : "";
        var text = language.Say("These wait for approval:") + "\n\n" + string.Join('\n', lines) + "\n" + rest
            + language.Say("A link only shows the request. You approve or reject it there, signed in.") + "\n";
        return new OutgoingMessage(MessageChannel.Email, reader.Email, (book.Mode == Mode.Test ? "[Test] " : "") + subject, text);
    }

    private static string Link(BookKey book, string queue, Row a) => a.BatchId is { } batch
        ? $"/{PageContext.ModeSegment(book.Mode)}/transfers/batches/{new BatchId(batch)}"
        : $"{queue}?id={new ApprovalId(a.ApprovalId)}";

    private static string Line(Language language, Row a) => a.BatchId is not null
        ? language.Say($"{MoneyText.Full(a.Money)} in {a.Rows} transfers")
        : a.AgentId is { } agent
        ? language.Say($"{MoneyText.Full(a.Money)} to {Short(a.Payee)}, asked for by the agent {Short(agent)}")
        : language.Say($"{MoneyText.Full(a.Money)} to {Short(a.Payee)}");

    private static string Short(string name) => name.Length > NameMax ? name[..NameMax] + "…" : name;

    private sealed record Row
    {
        public Guid ApprovalId { get; init; }
        public long Amount { get; init; }
        public required string Currency { get; init; }
        public string? Merchant { get; init; }
        public string? Beneficiary { get; init; }
        public string Payee => ApprovalWords.Payee(Merchant, Beneficiary);
        public string? AgentId { get; init; }
        public Guid? RequesterPerson { get; init; }
        public Guid? BatchId { get; init; }
        public long Rows { get; init; }

        public Money Money => new(Amount, Core.Currencies.Currency.Get(Currency));
    }

    private sealed record Reader
    {
        public required string Workspace { get; init; }
        public required string Email { get; init; }
        public required string Language { get; init; }
        public Guid? Person { get; init; }
        public bool DutiesApart { get; init; }

        /// <summary>Nobody is asked to approve what they asked for.</summary>
        public bool MayApprove(Row approval) => !DutiesApart || Person != approval.RequesterPerson;
    }
}
