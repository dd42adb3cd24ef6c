using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;

namespace Bursar.Platform.MoneyIn;

/// <summary>Books an expected collection. At most <paramref name="openMax"/> of its kind may be open in a book.</summary>
public sealed class OpenCollection<T>(
    Actor actor, Func<DateTimeOffset, Collection> make, CollectionKind kind, int openMax, CollectionShapes shapes)
    : Command<T>(actor) where T : class
{
    public override void Plan(Reads reads) => reads.Of(OpenCountTable.Instance).Want(Book, kind);

    public override Result<T> Decide(OpenBook book)
    {
        var open = book.Find(OpenCountTable.Instance, kind)!;
        if (open.Count >= openMax)
            return new Error(Errors.StateConflict, $"Up to {openMax} can be open at once. Finish or cancel one first.")
                .With("limit", openMax);
        var collection = make(book.At);
        book.Update(OpenCountTable.Instance, kind, new OpenCount(open.Count + 1));
        book.Insert(CollectionTable.Instance, collection.Id, collection);
        var resource = (T)shapes.Of(kind).Resource(collection);
        book.Record($"{shapes.Of(kind).EventPrefix}.created", collection.Id, 1, resource);
        return resource;
    }
}
