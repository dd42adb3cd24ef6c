using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Outbound;

namespace Bursar.Rooms.Spending.Handles;

/// <summary>
/// Asks an executor whether it is there: a signed GET without a satJti, 5 s. Any 2xx is healthy; the result stands at the handle.
/// </summary>
public sealed class HandleHealthCheck(HandleReads reads, HandleChanges changes, ExecutorCall call, TimeProvider time)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    public async Task<Result<Handle>> Handle(Actor actor, HandleId id)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        if (await reads.Row(actor.Book, id) is not { Archived: false } row) return Errors.Missing();
        if (row.Url is null) return new Error(Errors.StateConflict, "Only an external executor has an address to check.");
        var answer = await call.Get(actor.Book, row, null, Longest, CancellationToken.None);
        return await changes.KeepHealth(actor, id, Found(answer));
    }

    private HandleHealth Found(OutboundAnswer answer)
    {
        var status = answer.Status switch { >= 200 and <= 299 => "healthy", null => "unreachable", _ => "unhealthy" };
        return new HandleHealth(status, time.GetUtcNow(), (int)answer.Duration.TotalMilliseconds, answer.Status, answer.Error);
    }
}
