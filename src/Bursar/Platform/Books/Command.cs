using Bursar.Core.Access;
using Bursar.Core.Results;

namespace Bursar.Platform.Books;

/// <summary>
/// One thing asked of one book. The lane reads what <see cref="Plan"/> names under the book lock, then calls Decide, which is pure on
/// what was read: it answers, and puts changed rows into the open book. All or nothing: an error undoes what it put.
/// </summary>
public abstract class Command(Actor actor)
{
    public Actor Actor { get; } = actor;
    public BookKey Book => Actor.Book;

    /// <summary>What the actor must be allowed, read again from the locked book.</summary>
    public Permission Needs { get; init; }
    public IdempotencyKey? Idempotency { get; init; }

    /// <summary>Only tells what has happened already: whoever did it need not be admitted to have done it.</summary>
    public virtual bool HasHappened => false;

    public virtual void Plan(Reads reads) { }

    internal abstract Type AnswerType { get; }
    internal abstract Result<object> DecideBoxed(OpenBook book);
}

public abstract class Command<T>(Actor actor) : Command(actor) where T : class
{
    public abstract Result<T> Decide(OpenBook book);

    internal override Type AnswerType => typeof(T);
    internal override Result<object> DecideBoxed(OpenBook book) => Decide(book).Map(value => (object)value);
}

/// <summary>The client's key for one effect, bound to what it asked for (SHA-256 of the canonical request).</summary>
public sealed record IdempotencyKey(string Route, string Key, byte[] RequestHash);

/// <summary>What a command answered: the value, its JSON as it is stored and sent, and whether an earlier call made it.</summary>
public sealed record Answer<T>(T Value, string Json, bool Replayed);
