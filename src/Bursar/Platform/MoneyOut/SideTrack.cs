namespace Bursar.Platform.MoneyOut;

/// <summary>
/// Calls that may take long, beside the loop that starts them: so many in all, so many at one door. Whoever stands behind a door that
/// hangs waits in the queue and holds up nobody else.
/// </summary>
internal sealed class SideTrack(int most, int mostAtDoor)
{
    private readonly Dictionary<Guid, int> doors = [];
    private readonly HashSet<Task> running = [];
    private readonly Lock gate = new();

    /// <summary>Starts the work, or returns false when there is no place for it now.</summary>
    public bool TryStart(Guid door, Func<Task> work)
    {
        lock (gate)
        {
            running.RemoveWhere(t => t.IsCompleted);
            var atDoor = doors.GetValueOrDefault(door);
            if (running.Count >= most || atDoor >= mostAtDoor) return false;
            doors[door] = atDoor + 1;
            running.Add(Run(door, work));
            return true;
        }
    }

    /// <summary>When all that runs has ended.</summary>
    public async Task Ended()
    {
        Task all;
        lock (gate) all = Task.WhenAll(running);
        await all.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task Run(Guid door, Func<Task> work)
    {
        await Task.Yield();
        try
        {
            await work();
        }
        finally
        {
            lock (gate)
                if (--doors[door] == 0) doors.Remove(door);
        }
    }
}
