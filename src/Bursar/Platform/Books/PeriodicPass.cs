using Npgsql;

namespace Bursar.Platform.Books;

/// <summary>
/// A pass over the database every few seconds until the process stops; a database that is away is tried again at the next one.
/// </summary>
public abstract class PeriodicPass(string purpose, TimeSpan every, TimeProvider time) : BackgroundService
{
    protected TimeProvider Time => time;

    protected abstract Task Pass(CancellationToken ct);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(every, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                try { await Pass(stoppingToken); }
                catch (NpgsqlException e) { await Console.Error.WriteLineAsync($"bursar: {purpose}: {e.Message}"); }
            }
        }
        catch (OperationCanceledException) { /* stopping */ }
    }
}
