using Bursar.Core.Access;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.International.Information;

/// <summary>On Home: the questions that wait for an answer, for those who may give one.</summary>
public sealed class OpenQuestions(InformationReads reads) : ITodoSource
{
    public async Task<IReadOnlyList<Todo>> Of(PageContext page)
    {
        if (!page.Allows(Permission.CreateTransactions)) return [];
        var (open, overdue, first) = await reads.Waiting(page.Book!.Value);
        if (open == 0) return [];
        var href = open == 1 ? $"international?id={new InternationalTransferId(first!.Value)}" : "international/questions";
        return [new Todo(overdue > 0 ? Tone.Bad : Tone.Wait,
            open == 1 ? "A question about a transfer abroad" : $"{open} questions about transfers abroad",
            overdue > 0 ? "The answer is overdue. The money stays where it is" : "Its money stays held until it is answered",
            page.To(href))];
    }
}
