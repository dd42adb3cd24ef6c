using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Payouts;

namespace Bursar.Bench.Reference;

/// <summary>The ceiling: the same door, parsing and answer, and nothing stored.</summary>
internal sealed class NoStore(TimeProvider time)
{
    public Task<Result<Answer<Transfer>>> Post(Actor actor, Order order, IdempotencyKey key)
    {
        var now = time.NowMicros();
        var decision = PolicyEngine.Decide(order.InstructionOf(actor), [], _ => throw new InvalidOperationException(), now);
        var made = Disbursing.Made(order, actor, decision, DisbursementState.Approved, Guid.CreateVersion7(now),
            Guid.CreateVersion7(now), now);
        var answer = Transfer.Of(made);
        return Task.FromResult<Result<Answer<Transfer>>>(new Answer<Transfer>(answer, Json.Write(answer), false));
    }
}
