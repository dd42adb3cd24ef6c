using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Languages;
using Bursar.Platform.Messages;
using Bursar.Platform.Ui;
using Dapper;

namespace Bursar.Rooms.Spending.PolicyPages;

/// <summary>Wants every cap that was nearly reached.</summary>
public sealed class CapWarningConsumer : IConsumer
{
    public const short Id = 5;

    public short Number => Id;

    public bool Wants(OpenBook book, JournalEntry entry) => entry.Type == CapWarning.Event;
}

/// <summary>E-mails the workspace that 80 % of a cap are gone (PRODUCT S3), in the transaction that takes it from the outbox.</summary>
public sealed class MailCapWarnings(Database database, MessageQueue messages, SiteAddress site, TimeProvider time)
    : PeriodicPass("mailing cap warnings", TimeSpan.FromSeconds(2), time)
{
    private const int AtOnce = 100;

    protected override async Task Pass(CancellationToken ct)
    {
        await using var connection = await database.Queues.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var rows = await connection.QueryAsync<Row>($"""
            {OutboxRow.Taken}
            select g.workspace_id, g.mode, j.data, w.name, {NotificationAddress.OfW} as email
            from gone g join workspaces w on w.workspace_id = g.workspace_id
            join journal j on j.workspace_id = g.workspace_id and j.mode = g.mode and j.position = g.position
            """, new { consumer = CapWarningConsumer.Id, now = Time.NowMicros(), most = AtOnce });
        foreach (var row in rows)
            if (row.Email is { } email)
                await messages.Send(connection, Message(row, email, await Readers.Of(connection, email, new(row.WorkspaceId))));
        await transaction.CommitAsync(ct);
    }

    private OutgoingMessage Message(Row row, string email, Language language)
    {
        var mode = (Mode)row.Mode;
        var warning = Json.Read<CapWarning>(row.Data);
        string Text(long minor) => MoneyText.Full(new Money(minor, Currency.Get(warning.Currency)));
        var subject = (mode == Mode.Test ? "[Test] " : "") + language.Say($"{row.Name}: 80 % of a cap are used");
        var (limit, used, left) = (Text(warning.Limit), Text(warning.Used), Text(warning.Remaining));
        var until = $"{warning.ResetsAt:yyyy-MM-dd HH:mm} UTC";
        var page = site.To($"/{PageContext.ModeSegment(mode)}/agents/policies/{warning.PolicyId}");
        return warning.Period == "day"
            ? OutgoingMessage.Mail(language, email, subject, $"""
                The policy {warning.Name} lets {limit} out a day. {used} of it are held or used; {left} are left until {until}.

                See the policy: {page}
                """)
            : OutgoingMessage.Mail(language, email, subject, $"""
                The policy {warning.Name} lets {limit} out a month. {used} of it are held or used; {left} are left until {until}.

                See the policy: {page}
                """);
    }

    private sealed record Row
    {
        public Guid WorkspaceId { get; init; }
        public short Mode { get; init; }
        public required string Data { get; init; }
        public required string Name { get; init; }
        public string? Email { get; init; }
    }
}
