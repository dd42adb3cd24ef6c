using System.Collections.Concurrent;
using System.Threading.Channels;
using Bursar.Core.Time;
using Bursar.Platform.Books;

namespace Bursar.Platform.Webhooks;

/// <summary>
/// Sends due deliveries, endpoint by endpoint: two calls at once to a healthy one, one to a failing one, 64 in all, and failing ones never
/// take the room of healthy ones. Nothing is kept here but what is on the wire: what a killed process had not recorded is due again when
/// its lease ends.
/// </summary>
public sealed class Deliver(DeliveryQueue queue, WebhookSender sender, Endpoints endpoints, RetrySchedule schedule, DueDeliveries due,
    TimeProvider time)
    : BackgroundService
{
    private const int HealthyMax = 24;
    private const int FailingMax = 16;
    private const int CallsPerHealthy = 2;
    // Calls begin in the lease's first five seconds and last fifteen at most; the rest is for recording them.
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(25);
    private static readonly TimeSpan BeginMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan DrainMax = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan TidyEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan FailingPause = TimeSpan.FromDays(5);

    private readonly Wakeup finished = new();
    private int healthy, failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var cut = new CancellationTokenSource();
        var running = new List<Task>();
        Task signal = Task.CompletedTask;
        var tidyAt = time.NowMicros();
        while (!stoppingToken.IsCancellationRequested)
        {
            if (signal.IsCompleted) signal = Task.WhenAny(due.Next, finished.Next);
            try
            {
                var now = time.NowMicros();
                if (now >= tidyAt)
                {
                    tidyAt = now + TidyEvery;
                    foreach (var (book, endpoint) in await queue.Tidy(now - FailingPause)) await endpoints.Pause(book, endpoint);
                }
                running.RemoveAll(t => t.IsCompleted);
                var (rooms, failingRooms) = (HealthyMax - Volatile.Read(ref healthy), FailingMax - Volatile.Read(ref failing));
                var lanes = await queue.Claim(rooms, failingRooms, now, now + Lease);
                foreach (var lane in lanes)
                {
                    Interlocked.Increment(ref lane.Failing ? ref failing : ref healthy);
                    running.Add(Task.Run(() => Run(lane, stoppingToken, cut.Token), CancellationToken.None));
                }
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                await Console.Error.WriteLineAsync($"bursar: webhook delivery: {e.Message}");
                await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
            }
            try { await Wakeup.Wait(signal, stoppingToken); }
            catch (OperationCanceledException) { break; }
        }
        // What is on the wire may end and be recorded; nothing new begins.
        cut.CancelAfter(DrainMax);
        await Task.WhenAll(running);
    }

    private async Task Run(EndpointLane lane, CancellationToken stopping, CancellationToken cut)
    {
        try
        {
            var sent = Channel.CreateUnbounded<SentDelivery>(new UnboundedChannelOptions { SingleReader = true });
            var recording = Record(lane, sent.Reader);
            try
            {
                await SendAll(lane, sent.Writer, stopping, cut);
            }
            finally
            {
                sent.Writer.Complete();
            }
            var last = await recording;
            await queue.Release(lane, last?.Succeeded, time.NowMicros());
            if (last is { Gone: true } && lane.OfKey is null) await endpoints.Disable(lane.Book, new(lane.EndpointId));
        }
        catch (OperationCanceledException)
        {
            // Cut off while stopping: the lease runs out and it is sent again. At least once.
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"bursar: webhook endpoint {new WebhookEndpointId(lane.EndpointId)}: {e.Message}");
        }
        finally
        {
            Interlocked.Decrement(ref lane.Failing ? ref failing : ref healthy);
            // A failing endpoint waits for the next poll, so that a long queue of it does not keep the workers spinning.
            if (!lane.Failing) finished.Signal();
        }
    }

    private async Task SendAll(EndpointLane lane, ChannelWriter<SentDelivery> sent, CancellationToken stopping, CancellationToken cut)
    {
        var waiting = new ConcurrentQueue<WaitingDelivery>(lane.Waiting);
        var began = time.GetTimestamp();
        var stop = false;
        async Task Caller()
        {
            while (!Volatile.Read(ref stop) && !stopping.IsCancellationRequested && time.GetElapsedTime(began) < BeginMax
                && waiting.TryDequeue(out var delivery))
            {
                var attempt = await sender.Send(lane, delivery, cut);
                // Nobody there, or somebody who wants no more: the others need not find out one by one. Callbacks have addresses of their own.
                if (lane.OfKey is null && attempt.Answer.Status is null or 410) Volatile.Write(ref stop, true);
                sent.TryWrite(attempt);
            }
        }
        await Task.WhenAll(Enumerable.Range(0, lane.Failing ? 1 : CallsPerHealthy).Select(_ => Caller()));
    }

    /// <summary>
    /// Records what has gathered since the last write, so that a fast receiver costs few commits. Returns the last attempt, or the one that
    /// said "gone".
    /// </summary>
    private async Task<SentDelivery?> Record(EndpointLane lane, ChannelReader<SentDelivery> sent)
    {
        SentDelivery? last = null;
        while (await sent.WaitToReadAsync())
        {
            var gathered = new List<RecordedAttempt>();
            while (sent.TryRead(out var attempt))
            {
                if (last is not { Gone: true }) last = attempt;
                gathered.Add(Outcome(attempt));
            }
            await queue.Record(lane, gathered);
        }
        return last;
    }

    private RecordedAttempt Outcome(SentDelivery sent)
    {
        var again = sent.Succeeded || sent.Gone ? null : schedule.After(sent.Delivery.Tries + 1, sent.Answer.RetryAfter);
        var state = sent.Succeeded ? "delivered" : again is null ? "exhausted" : "retrying";
        return new RecordedAttempt(sent.Delivery.Id, state, time.NowMicros() + again, sent.At,
            sent.Answer.Status, (int)sent.Answer.Duration.TotalMilliseconds, sent.Error);
    }
}
