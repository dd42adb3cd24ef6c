using Bursar.Core.Access;
using Bursar.Core.Results;

namespace Bursar.Platform.Books;

/// <summary>Books a fact for the audit that belongs to no other change: somebody signed in, ended a session.</summary>
public sealed class RecordFact(Actor actor, string type, Guid subject, object data) : Command<RecordFact.Booked>(actor)
{
    public sealed record Booked(EventId Event);

    public override Result<Booked> Decide(OpenBook book)
    {
        book.Record(type, subject, 1, data);
        return new Booked(book.LastEntry.Event);
    }
}
