namespace Bursar.Platform.Books;

/// <summary>A pass over the outbox after each commit of this process, and every 250 ms besides, until the process stops.</summary>
public abstract class OutboxPass(string purpose, Wakeup wakeup) : BackgroundService
{
    /// <summary>True when there may be more to do at once.</summary>
    protected abstract Task<bool> Pass(CancellationToken ct);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var signal = wakeup.Next;
            try
            {
                if (await Pass(stoppingToken)) continue;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it was, the rows are still there: a worker that gave up would end the whole process.
                await Console.Error.WriteLineAsync($"bursar: {purpose}: {e.Message}");
                await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
            }
            try { await Wakeup.Wait(signal, stoppingToken); }
            catch (OperationCanceledException) { return; }
        }
    }
}
