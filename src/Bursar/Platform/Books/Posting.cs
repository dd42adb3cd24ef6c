using System.Threading.Channels;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Data;

namespace Bursar.Platform.Books;

/// <summary>Is the actor still who it was and allowed this, by the locked book's own facts?</summary>
public delegate Error? Admission(OpenBook book, Permission needs);

/// <summary>Where commands are handed in. The product has one form of it; the bench puts the same handlers on others.</summary>
public interface IPosting
{
    Task<Result<Answer<T>>> Submit<T>(Command<T> command) where T : class;
}

/// <summary>
/// The only way to move or decide anything. Commands queue into one lane; the lane takes what has gathered, locks the books, decides in
/// arrival order, writes set-based and commits once for all. Nothing is answered before the commit is durable.
/// </summary>
public sealed class Posting : IPosting, IAsyncDisposable
{
    private const int QueueMax = 8192;
    private static readonly TimeSpan PickupMax = TimeSpan.FromSeconds(5);

    private readonly Channel<Waiting> queue = Channel.CreateBounded<Waiting>(
        new BoundedChannelOptions(QueueMax) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
    private readonly TimeProvider time;
    private readonly Lane lane;
    private readonly CancellationTokenSource stopping = new();
    private readonly Task running;

    public Posting(Database database, FactCache facts, IEnumerable<IConsumer> consumers, Admission admission, Wakeup wakeup,
        TimeProvider time)
    {
        this.time = time;
        lane = new Lane(database, facts, [.. consumers], admission, wakeup);
        running = Task.Run(() => lane.Run(queue.Reader, stopping.Token));
    }

    /// <summary>
    /// Queues the command and waits for its durable answer. A caller that goes away cancels nothing once the lane has picked the command
    /// up; one that is not picked up within 5 seconds, or finds the queue full, is refused with outcome none.
    /// </summary>
    public async Task<Result<Answer<T>>> Submit<T>(Command<T> command) where T : class
    {
        var waiting = new Waiting(command, time.NowMicros());
        if (!queue.Writer.TryWrite(waiting)) return Overloaded();
        try { await waiting.Done.WaitAsync(PickupMax); }
        catch (TimeoutException) when (waiting.TryAbandon()) { return Overloaded(); }
        catch (TimeoutException) { /* picked up: its answer comes */ }
        var outcome = await waiting.Done;
        return outcome.Map(o => new Answer<T>((T)o.Value, o.Json, o.Replayed));
    }

    private static Error Overloaded() => new(Errors.Overloaded, "Too much is asked at once. Nothing was done; try again in a moment.");

    public async ValueTask DisposeAsync()
    {
        // The container knows the lane under two types and ends it under each: the second time there is nothing left to end.
        if (!queue.Writer.TryComplete()) return;
        await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(8)));
        await stopping.CancelAsync();
        await running;
        stopping.Dispose();
    }
}

internal sealed record Outcome(object Value, string Json, bool Replayed);

/// <summary>A command in the queue and whoever waits for its answer.</summary>
internal sealed class Waiting(Command command, DateTimeOffset at)
{
    private readonly TaskCompletionSource<Result<Outcome>> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int state;

    public Command Command { get; } = command;
    public DateTimeOffset At { get; } = at;
    public Result<Outcome>? Decided { get; set; }
    public Exception? Bug { get; set; }
    public Task<Result<Outcome>> Done => done.Task;

    public bool TryPick() => Interlocked.CompareExchange(ref state, 1, 0) == 0;
    public bool TryAbandon() => Interlocked.CompareExchange(ref state, 2, 0) == 0;

    public void Complete()
    {
        if (Bug is not null) done.TrySetException(Bug);
        else done.TrySetResult(Decided!.Value);
    }

    public void Fail(Error error)
    {
        Decided = error;
        Bug = null;
        Complete();
    }
}
