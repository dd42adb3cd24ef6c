using Bursar.Platform.Books;

namespace Bursar.Platform.Webhooks;

/// <summary>
/// Tells the sender of this process that deliveries became due: its own signal, because a commit by itself leaves it nothing to do. A hint
/// only, as <see cref="Wakeup"/> is.
/// </summary>
public sealed class DueDeliveries
{
    private readonly Wakeup wakeup = new();

    public Task Next => wakeup.Next;

    public void Signal() => wakeup.Signal();
}
