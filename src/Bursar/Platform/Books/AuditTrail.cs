using Bursar.Core.Access;
using Bursar.Core.Results;

namespace Bursar.Platform.Books;

/// <summary>
/// Facts that belong to no transaction of their own: refused tries, exports, reads of secrets, looks beyond seven days. They join the
/// journal through the lane like everything else, and only the audit shows them.
/// </summary>
public sealed class AuditTrail(Posting posting)
{
    /// <summary>Returns when the fact is durable, or why it could not be kept: then whoever asked must not get what it is about.</summary>
    public async Task<Error?> Record(Actor actor, string type, Guid subject, object data)
    {
        var answer = await posting.Submit(new RecordFact(actor, type, subject, data));
        return answer.Ok ? null : answer.Error;
    }
}
