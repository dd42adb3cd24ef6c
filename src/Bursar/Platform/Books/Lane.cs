using System.Threading.Channels;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.Books;

/// <summary>
/// Takes what has gathered in the queue, up to 256 commands, and posts it as one transaction (<see cref="LaneBatch"/>). Failures:
/// a data error bisects the batch so that the poison command fails alone; a lost or busy database retries it whole; after an unknown
/// commit the retry first takes a book lock, which waits out the old backend, and looks whether the journal holds what was written.
/// </summary>
internal sealed class Lane(
    Database database, FactCache facts, IReadOnlyList<IConsumer> consumers, Admission admission, Wakeup wakeup)
{
    private const int BatchMax = 256;
    private const int TriesMax = 12;

    private readonly List<Waiting> pending = [];
    private NpgsqlConnection? connection;

    public async Task Run(ChannelReader<Waiting> queue, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            if (pending.Count == 0 && !await WaitForWork(queue, ct)) break;
            Drain(queue);
            if (pending.Count > 0) await PostAll(queue);
        }
        if (connection is not null) await connection.DisposeAsync();
    }

    private static async Task<bool> WaitForWork(ChannelReader<Waiting> queue, CancellationToken ct)
    {
        try { return await queue.WaitToReadAsync(ct); }
        catch (OperationCanceledException) { return false; }
    }

    private void Drain(ChannelReader<Waiting> queue)
    {
        while (pending.Count < BatchMax && queue.TryRead(out var waiting))
            if (waiting.TryPick())
                pending.Add(waiting);
    }

    /// <summary>Posts the pending commands whose books are free; the rest stay pending, in order.</summary>
    private async Task PostAll(ChannelReader<Waiting> queue)
    {
        var batch = pending.ToList();
        pending.Clear();
        var rest = await Post(batch, wait: false);
        if (rest.Count == batch.Count)
        {
            // Another process holds every book: wait for the oldest one's, holding nothing, and take along what came meanwhile.
            pending.AddRange(rest);
            Drain(queue);
            batch = pending.ToList();
            pending.Clear();
            rest = await Post(batch, wait: true);
        }
        pending.InsertRange(0, rest);
    }

    /// <summary>Answers the commands whose books it could lock; returns the others.</summary>
    private async Task<List<Waiting>> Post(List<Waiting> items, bool wait)
    {
        LaneBatch? last = null;
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                connection ??= await database.Lane.OpenConnectionAsync();
                if (last is { CommitSent: true } && await last.WasCommitted(connection))
                {
                    Finish(last);
                    return last.Skipped;
                }
                last = new LaneBatch(connection, items, facts, consumers, admission);
                await last.Post(wait);
                Finish(last);
                return last.Skipped;
            }
            catch (PostgresException e) when (IsDataError(e.SqlState))
            {
                await Reset();
                if (items.Count == 1)
                {
                    await Console.Error.WriteLineAsync(
                        $"bursar: {items[0].Command.GetType().Name} refused by the database: "
                        + $"{e.SqlState} {e.MessageText} {e.ConstraintName}");
                    items[0].Fail(new Error(Errors.Internal, "This could not be booked; nothing was changed."));
                    return [];
                }
                var half = items.Count / 2;
                var rest = await Post(items[..half], wait);
                rest.AddRange(await Post(items[half..], wait));
                return rest;
            }
            catch (NpgsqlException e) when (attempt < TriesMax)
            {
                await Console.Error.WriteLineAsync($"bursar: posting tries again after {e.SqlState ?? e.GetType().Name}: {e.Message}");
                await Reset();
                await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(1000, 25 << attempt)));
            }
            catch (Exception e)
            {
                await Reset();
                await Console.Error.WriteLineAsync($"bursar: posting failed: {e}");
                var unknown = last is { CommitSent: true };
                foreach (var item in items)
                    item.Fail(unknown
                        ? new Error(Errors.InternalMoney, "The database was lost while this was being booked. Ask again with the same key.")
                        : new Error(Errors.StorageUnavailable, "The database cannot be reached. Nothing was done."));
                return [];
            }
        }
    }

    private void Finish(LaneBatch batch)
    {
        foreach (var item in batch.Taken) item.Complete();
        if (batch.WroteOutbox) wakeup.Signal();
    }

    private async Task Reset()
    {
        if (connection is null) return;
        try { await connection.DisposeAsync(); }
        catch (NpgsqlException) { /* it is gone already */ }
        NpgsqlConnection.ClearPool(connection);
        connection = null;
    }

    private static bool IsDataError(string state) =>
        state.StartsWith("22", StringComparison.Ordinal) || state.StartsWith("23", StringComparison.Ordinal) || state == "P0001";
}
