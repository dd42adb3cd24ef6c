using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Languages;
using Bursar.Platform.Messages;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using Dapper;
using Npgsql;

namespace Bursar.Rooms.Payouts.International.Information;

public sealed class QuestionMailConsumer : IConsumer
{
    public const short Id = 23;

    public short Number => Id;

    public bool Wants(OpenBook book, JournalEntry entry) => entry.Type == Asking.Requested;
}

/// <summary>
/// E-mails that a transfer abroad waits for an answer: to the workspace's notification address, else to those who may give one. What was
/// asked is not in it: a mail is no place for somebody else's words and links.
/// </summary>
public sealed class MailQuestions(Database database, MessageQueue messages, SiteAddress site, Wakeup wakeup, TimeProvider time)
    : OutboxPass("mailing questions", wakeup)
{
    private const int AtOnce = 50;
    private const int ReadersMax = 20;

    /// <summary>Who may answer (a role that may create transactions).</summary>
    private static readonly string[] Answering =
        [.. Enum.GetValues<Role>().Where(r => (Roles.Allows(r) & Permission.CreateTransactions) != 0).Select(r => Json.Name(r))];

    protected override async Task<bool> Pass(CancellationToken ct)
    {
        await using var connection = await database.Engine.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var asked = (await connection.QueryAsync<Row>("""
            with due as (
                select workspace_id, mode, position from outbox where consumer = @consumer and due <= @now
                order by due limit @AtOnce for update skip locked),
            gone as (
                delete from outbox o using due
                where o.workspace_id = due.workspace_id and o.mode = due.mode and o.position = due.position and o.consumer = @consumer
                returning o.workspace_id, o.mode, o.subject)
            select distinct i.workspace_id, i.mode as in_mode, i.transfer_id, max(i.due_at) over t as due_at, d.recipient_name as beneficiary,
                d.amount, w.name as workspace
            from gone join information_requests i on i.workspace_id = gone.workspace_id and i.mode = gone.mode and i.transfer_id = gone.subject
            join disbursements d on d.workspace_id = i.workspace_id and d.mode = i.mode and d.disbursement_id = i.transfer_id
            join workspaces w on w.workspace_id = i.workspace_id
            where i.state = 'open' window t as (partition by i.workspace_id, i.mode, i.transfer_id)
            """, new { consumer = QuestionMailConsumer.Id, now = time.NowMicros(), AtOnce })).AsList();
        foreach (var row in asked)
            foreach (var email in await Readers(connection, row))
                await messages.Send(connection,
                    Message(row, email, await Platform.Messages.Readers.Of(connection, email, new(row.WorkspaceId))));
        await transaction.CommitAsync(ct);
        return asked.Count == AtOnce;
    }

    private static async Task<IEnumerable<string>> Readers(NpgsqlConnection connection, Row row) => await connection.QueryAsync<string>("""
        select notification_email from workspaces where workspace_id = @workspace and notification_email is not null
        union all
        (select p.email from members m join persons p on p.person_id = m.person_id join workspaces w on w.workspace_id = m.workspace_id
        where w.workspace_id = @workspace and w.notification_email is null and m.state = 'active' and m.role = any(@Answering)
        order by m.created_at limit @ReadersMax)
        """, new { workspace = row.WorkspaceId, Answering, ReadersMax });

    private OutgoingMessage Message(Row r, string email, Language language)
    {
        var mode = (Mode)r.InMode;
        var subject = (mode == Mode.Test ? "[Test] " : "") + language.Say($"{r.Workspace}: a question about a transfer abroad");
        var link = site.To($"/{PageContext.ModeSegment(mode)}/international?id={new InternationalTransferId(r.TransferId)}");
        return OutgoingMessage.Mail(language, email, subject, $"""
            The other side wants to know more about the transfer of {MoneyText.Full(Money.Idr(r.Amount))} to {r.Beneficiary}.
            It waits until somebody answers, and its money stays held. Please answer by {r.DueAt:yyyy-MM-dd} (UTC).

            Read the question and answer it: {link}
            """);
    }

    private sealed record Row
    {
        public Guid WorkspaceId { get; init; }
        public short InMode { get; init; }
        public Guid TransferId { get; init; }
        public DateTimeOffset DueAt { get; init; }
        public required string Beneficiary { get; init; }
        public long Amount { get; init; }
        public required string Workspace { get; init; }
    }
}
