using Bursar.Core.Results;
using Bursar.Platform.Books;

namespace Bursar.Bench.Reference;

/// <summary>The ceiling: the same door, decision, journal entry, answer and signature; nothing is sent to PostgreSQL.</summary>
internal sealed class NoStore(Memory memory, SameDecision same) : IPosting
{
    public async Task<Result<Answer<T>>> Submit<T>(Command<T> command) where T : class
    {
        var (book, rows) = (await memory.Recall(command)).Open(command.Book);
        return same.Decide(command, book, rows, new BatchWrites());
    }
}
