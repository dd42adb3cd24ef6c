using System.Security.Cryptography;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;
using Npgsql;

namespace Bursar.Platform.Messages;

/// <summary>A message that this process may send until its lease ends.</summary>
public sealed record ClaimedMessage(Guid Id, OutgoingMessage Message, int Tries, DateTimeOffset ExpiresAt);

/// <summary>A message as the mailbox page of a first look shows it.</summary>
public sealed record MailboxMessage(
    Guid Id, MessageChannel Channel, string To, string Subject, string Text, bool HasFile, DateTimeOffset CreatedAt);

/// <summary>
/// Outgoing messages. <see cref="Send"/> writes a row in the transaction of whatever causes it, so that neither exists without the other;
/// the worker sends it after the commit, at least once.
/// </summary>
public sealed class MessageQueue(Database database, Sealer sealer, MessageSettings settings, TimeProvider time)
{
    /// <summary>So many to one recipient in an hour, whoever asks for them: nobody can flood a mailbox through us.</summary>
    private const int PerRecipientMax = 30;
    private const int MailboxMax = 50;
    private const int ErasedAtOnce = 1000;

    /// <summary>Queues it on a connection in its transaction. False, and nothing queued, when this recipient got too many lately.</summary>
    public async Task<bool> Send(NpgsqlConnection connection, OutgoingMessage message)
    {
        var now = time.NowMicros();
        var m = message.Checked();
        var queued = settings.Sends(m.Channel) || !settings.Mailbox;
        return await connection.ExecuteAsync("""
            insert into messages (message_id, channel, recipient, content, file, state, tries, due, expires_at, created_at)
            select @id, @channel, @To, @content, @file, @state, 0, @due, @expires, @now
            where (select count(*) from messages where recipient = @To and created_at > @now - interval '1 hour') < @PerRecipientMax
            """, new
        {
            id = Guid.CreateVersion7(now),
            channel = Json.Name(m.Channel),
            m.To,
            content = sealer.Seal($"{m.Subject}\n{m.Text}"),
            file = m.File?.ToString(),
            state = queued ? "queued" : "mailbox",
            due = queued ? now : (DateTimeOffset?)null,
            expires = now + m.Life,
            now,
            PerRecipientMax,
        }) == 1;
    }

    /// <summary>Queues a message that belongs to no other change.</summary>
    public async Task<bool> Send(OutgoingMessage message)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        return await Send(connection, message);
    }

    /// <summary>
    /// Those of the recipients whose newest message came to nothing: their server refused it, or gave no answer until it expired.
    /// </summary>
    public static async Task<IReadOnlySet<string>> Undelivered(NpgsqlConnection connection, IReadOnlyCollection<string> recipients)
    {
        var rows = await connection.QueryAsync<string>("""
            select r.recipient from unnest(@recipients) r(recipient)
            cross join lateral (select m.state from messages m where m.recipient = r.recipient order by m.created_at desc limit 1) m
            where m.state in ('failed', 'expired')
            """, new { recipients = recipients.ToArray() });
        return rows.ToHashSet();
    }

    /// <summary>The newest messages that went nowhere else, to everybody or to one recipient.</summary>
    public async Task<IReadOnlyList<MailboxMessage>> Mailbox(string? to = null)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        var rows = await connection.QueryAsync<Row>("""
            select message_id, channel, recipient, content, file, tries, expires_at, created_at from messages
            where state = 'mailbox' and content is not null and (@to::text is null or recipient = @to) order by created_at desc,
                message_id desc limit @MailboxMax
            """, new { MailboxMax, to });
        return [.. from row in rows
                   let message = TryOpen(row)
                   where message is not null
                   select new MailboxMessage(
                       row.MessageId, message.Channel, message.To, message.Subject, message.Text, row.File is not null, row.CreatedAt)];
    }

    /// <summary>What would have gone with a message that the mailbox shows.</summary>
    public async Task<MailFileOf?> MailboxFile(Guid id)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<string>(
            "select file from messages where message_id = @id and state = 'mailbox' and content is not null", new { id }) is { } kept
            ? MailFileOf.Parse(kept) : null;
    }

    /// <summary>Takes due messages of these channels; a killed process holds them no longer than <paramref name="lease"/>.</summary>
    internal async Task<IReadOnlyList<ClaimedMessage>> Claim(IReadOnlyList<MessageChannel> channels, int most, TimeSpan lease)
    {
        var now = time.NowMicros();
        await using var connection = await database.Engine.OpenConnectionAsync();
        var rows = await connection.QueryAsync<Row>("""
            update messages m set tries = m.tries + 1, due = @until from (
                select message_id from messages where due <= @now and expires_at > @now and channel = any(@names)
                order by due limit @most for update skip locked) t
            where m.message_id = t.message_id
            returning m.message_id, m.channel, m.recipient, m.content, m.file, m.tries, m.expires_at, m.created_at
            """, new { now, until = now + lease, names = channels.Select(c => Json.Name(c)).ToArray(), most });
        var claimed = new List<ClaimedMessage>();
        foreach (var row in rows)
            if (TryOpen(row) is { } message) claimed.Add(new ClaimedMessage(row.MessageId, message, row.Tries, row.ExpiresAt));
            else await Record(row.MessageId, "failed", "It cannot be read with this key file.", null);
        return claimed;
    }

    /// <summary>What became of a try. Without <paramref name="again"/> it is over, and what the message said is gone.</summary>
    internal async Task Record(Guid id, string state, string? error, DateTimeOffset? again)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            update messages set state = @state, error = @error, due = @again,
                content = case when @again::timestamptz is null then null else content end,
                file = case when @again::timestamptz is null then null else file end,
                sent_at = case when @state = 'sent' then @now end
            where message_id = @id
            """, new { id, state, error, again, now = time.NowMicros() });
    }

    /// <summary>That there was a message; what it said is gone long before.</summary>
    public static readonly Retention Kept = new(TimeSpan.FromDays(30), """
        delete from messages where message_id in (select message_id from messages where created_at < @before limit @most)
        """);

    /// <summary>Erases what messages said that are of no use any more.</summary>
    internal async Task Tidy()
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        while (await connection.ExecuteAsync("""
            update messages set state = case when state = 'mailbox' then state else 'expired' end, content = null, file = null, due = null
            where message_id in (select message_id from messages where content is not null and expires_at <= @now limit @ErasedAtOnce)
                and content is not null
            """, new { now = time.NowMicros(), ErasedAtOnce }) == ErasedAtOnce) { }
    }

    private OutgoingMessage? TryOpen(Row row)
    {
        try
        {
            var content = sealer.Unseal(row.Content).Split('\n', 2);
            return new OutgoingMessage(Json.Parse<MessageChannel>(row.Channel), row.Recipient, content[0], content[1])
            {
                File = row.File is null ? null : MailFileOf.Parse(row.File),
            };
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private sealed record Row
    {
        public Guid MessageId { get; init; }
        public required string Channel { get; init; }
        public required string Recipient { get; init; }
        public required string Content { get; init; }
        public string? File { get; init; }
        public int Tries { get; init; }
        public DateTimeOffset ExpiresAt { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
    }
}
