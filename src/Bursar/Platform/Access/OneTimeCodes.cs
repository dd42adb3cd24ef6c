using System.Security.Cryptography;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Bursar.Platform.Messages;
using Dapper;

namespace Bursar.Platform.Access;

/// <summary>The ways a one-time code comes by. App: nothing is sent, the authenticator app shows it.</summary>
public enum CodeChannel { Email, Sms, Whatsapp, App }

/// <summary>A code on its way; <paramref name="To"/> shows only enough to recognise it.</summary>
public sealed record CodeSent(CodeChannel Channel, string To, DateTimeOffset ExpiresAt);

/// <summary>
/// What a code is for and whose session asked for it; it counts for nothing else. <paramref name="Act"/> as the message says it: "generate
/// a live key".
/// </summary>
public sealed record CodePurpose(Guid Person, Guid Session, string Name, Phrase Act);

/// <summary>
/// Codes of six digits by e-mail, SMS or WhatsApp: good for five minutes, five tries and one use, kept as HMAC. Another one is sent after
/// half a minute at the earliest, five in a quarter of an hour; after five wrong tries a quarter of an hour passes first.
/// </summary>
public sealed class OneTimeCodes(Database database, MessageQueue messages, Sealer sealer, TimeProvider time)
{
    private const int TriesMax = 5;
    private const int SendsMax = 5;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(15);

    public async Task<Result<CodeSent>> Send(CodePurpose purpose, CodeChannel channel, string to)
    {
        var code = RandomNumberGenerator.GetString("0123456789", 6);
        var now = time.NowMicros();
        await using var connection = await database.Engine.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var written = await connection.ExecuteAsync("""
            insert into one_time_codes as c
                (person_id, purpose, session_id, channel, destination, hash, tries, sends, first_sent_at, sent_at)
            values (@Person, @Name, @Session, @channel, @to, @hash, 0, 1, @now, @now)
            on conflict (person_id, purpose) do update set session_id = @Session, channel = @channel, destination = @to, hash = @hash,
                tries = 0,
                sent_at = @now,
                sends = case when c.first_sent_at < @window then 1 else c.sends + 1 end,
                first_sent_at = case when c.first_sent_at < @window then @now else c.first_sent_at end
            where (c.hash is null or c.sent_at <= @earlier) and (c.first_sent_at < @window or c.sends < @SendsMax)
                and (c.tries < @TriesMax or c.sent_at < @window)
            """, new
        {
            purpose.Person,
            purpose.Session,
            purpose.Name,
            channel = Json.Name(channel),
            to,
            hash = Hash(purpose, code),
            now,
            window = now - Window,
            earlier = now - Between,
            SendsMax,
            TriesMax,
        });
        // A no-break space before an amount would make a text message cost twice.
        var language = await Readers.Of(connection, purpose.Person);
        var text = language.Say(
                $"{code} is your Bursar code to {purpose.Act}. It is valid for 5 minutes. Nobody at Bursar will ask you for it.")
            .Replace('\u00A0', ' ');
        var message = new OutgoingMessage(By(channel), to, language.Say("Your Bursar code"), text) { Life = Life };
        if (written == 0 || !await messages.Send(connection, message))
            return new Error(Errors.RateLimited,
                "A code was sent a moment ago, or many were of late. Wait half a minute, then ask for another.")
                .With("retryAfter", (int)Between.TotalSeconds);
        await transaction.CommitAsync();
        return new CodeSent(channel, Masked(to), now + Life);
    }

    /// <summary>Takes the code: the address it was sent to, or null. Good once, also for many tries at the same time.</summary>
    public async Task<string?> Take(CodePurpose purpose, string code)
    {
        var hash = Hash(purpose, code.Trim());
        await using var connection = await database.Engine.OpenConnectionAsync();
        // The try is counted before it is looked at, so that tries at once are not more than five.
        var kept = await connection.ExecuteScalarAsync<byte[]>("""
            update one_time_codes set tries = tries + 1
            where person_id = @Person and purpose = @Name and session_id = @Session and hash is not null and tries < @TriesMax
                and sent_at > @since
            returning hash
            """, new { purpose.Person, purpose.Name, purpose.Session, TriesMax, since = time.NowMicros() - Life });
        if (kept is null || !CryptographicOperations.FixedTimeEquals(kept, hash)) return null;
        return await connection.ExecuteScalarAsync<string>("""
            update one_time_codes set hash = null, tries = 0, sends = 0 where person_id = @Person and purpose = @Name and hash = @hash
                returning destination
            """, new { purpose.Person, purpose.Name, hash });
    }

    public static readonly Retention Kept = new(Window, """
        delete from one_time_codes where (person_id, purpose) in (
            select person_id, purpose from one_time_codes where sent_at < @before limit @most) and sent_at < @before
        """);

    private byte[] Hash(CodePurpose purpose, string code) =>
        sealer.Mac("one-time code", $"{purpose.Person:N} {purpose.Name} {code} {purpose.Act}");

    private static MessageChannel By(CodeChannel channel) => channel switch
    {
        CodeChannel.Sms => MessageChannel.Sms,
        CodeChannel.Whatsapp => MessageChannel.WhatsApp,
        _ => MessageChannel.Email,
    };

    /// <summary>"s…@kopi.test", "…7890".</summary>
    public static string Masked(string to)
    {
        var at = to.IndexOf('@', StringComparison.Ordinal);
        return at > 0 ? $"{to[..1]}…{to[at..]}" : "…" + to[^Math.Min(4, to.Length)..];
    }
}
