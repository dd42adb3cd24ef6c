using Bursar.Core.Time;
using Bursar.Platform.Books;

namespace Bursar.Platform.Messages;

/// <summary>
/// Sends what is queued, four at a time, and tries again after 30 s, 2 min, 10 min, 30 min, then every 2 hours until the message has
/// expired. A process killed between sending and recording sends again: at least once.
/// </summary>
public sealed class SendMessages(MessageQueue queue, IEnumerable<IMessageSender> senders, MailFiles files, TimeProvider time)
    : PeriodicPass("messages", TimeSpan.FromSeconds(1), time)
{
    private const int AtOnce = 16;
    private const int SendsMax = 4;
    private static readonly TimeSpan TidyEvery = TimeSpan.FromMinutes(1);
    // Four rounds of four sends that take 20 seconds each, and some room to record them.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan[] Again =
        [TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2)];

    private readonly Dictionary<MessageChannel, IMessageSender> ways = senders.ToDictionary(s => s.Channel);
    private DateTimeOffset tidyAt;

    protected override async Task Pass(CancellationToken ct)
    {
        var now = Time.NowMicros();
        if (now >= tidyAt)
        {
            tidyAt = now + TidyEvery;
            await queue.Tidy();
        }
        if (ways.Count == 0) return;
        var claimed = await queue.Claim([.. ways.Keys], AtOnce, Lease);
        await Parallel.ForEachAsync(claimed, new ParallelOptions { MaxDegreeOfParallelism = SendsMax, CancellationToken = ct },
            async (message, cut) => await Try(message, cut));
    }

    private async Task Try(ClaimedMessage claimed, CancellationToken ct)
    {
        SendAnswer answer;
        try
        {
            var file = claimed.Message.File is { } wanted ? await files.Make(wanted) : null;
            answer = await ways[claimed.Message.Channel].Send(claimed.Id, claimed.Message, file, ct);
        }
        catch (Exception e) when (e is Npgsql.NpgsqlException or TimeoutException)
        {
            answer = new SendAnswer("What goes with it could not be read.");
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // One message that a sender trips over must not end the worker, and with it the process. What it says stays out of the log.
            await Console.Error.WriteLineAsync($"bursar: message {claimed.Id:N}: {e.GetType().Name}");
            answer = new SendAnswer("Bursar could not make this message.", Final: true);
        }
        var now = Time.NowMicros();
        var again = now + Again[Math.Min(claimed.Tries, Again.Length) - 1];
        if (answer.Error is null) await queue.Record(claimed.Id, "sent", null, null);
        else if (answer.Final || again >= claimed.ExpiresAt) await queue.Record(claimed.Id, "failed", answer.Error, null);
        else await queue.Record(claimed.Id, "queued", answer.Error, again);
    }
}
