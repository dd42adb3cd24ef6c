namespace Bursar.Platform.Books;

/// <summary>
/// Tells the workers of this process that a commit left them work. Only a hint that saves waiting: workers poll every 250 ms besides,
/// and correctness never depends on it. Signals that come while nobody waits are one signal.
/// </summary>
public sealed class Wakeup
{
    private static readonly TimeSpan PollEvery = TimeSpan.FromMilliseconds(250);
    private volatile TaskCompletionSource next = New();

    public void Signal() => Interlocked.Exchange(ref next, New()).TrySetResult();

    /// <summary>The next signal; take it before looking for work, so that none is missed.</summary>
    public Task Next => next.Task;

    public static async Task Wait(Task signal, CancellationToken ct)
    {
        try { await signal.WaitAsync(PollEvery, ct); }
        catch (TimeoutException) { }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
