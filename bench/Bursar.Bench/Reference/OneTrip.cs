using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Npgsql;

namespace Bursar.Bench.Reference;

/// <summary>
/// One transaction per request in its best form: decided with what this process remembers of the book, then written by one call of a
/// plpgsql function (one_trip.sql) that locks the book, checks caps and balance against the truth and writes the same rows as the lane.
/// </summary>
internal sealed class OneTrip(NpgsqlDataSource source, Memory memory, SameDecision same) : IPosting
{
    private const int TriesMax = 20;

    public async Task<Result<Answer<T>>> Submit<T>(Command<T> command) where T : class
    {
        for (var attempt = 1; attempt <= TriesMax; attempt++)
        {
            var known = await memory.Recall(command, again: attempt > 1);
            var (book, rows) = known.Open(command.Book);
            var writes = new BatchWrites();
            var answer = same.Decide(command, book, rows, writes);
            // A refusal counts once it was decided with what the database holds now.
            if (!answer.Ok && attempt == 1) continue;
            if (!answer.Ok) return answer;
            if (await Call(known, command, rows, writes, answer.Value.Json) != 0) continue;
            memory.Keep(book, rows);
            return answer;
        }
        throw new InvalidOperationException("the book moved on each time");
    }

    /// <summary>0: booked. Anything else: what was remembered is behind, or the key was used.</summary>
    private async Task<int> Call(Known known, Command command, Reads rows, BatchWrites writes, string answer)
    {
        var (book, actor, key) = (command.Book, command.Actor, command.Idempotency!);
        var d = rows.Of(DisbursementTable.Instance).All(book).Single().Row;
        var entry = writes.Journal.Single();
        var held = rows.Of(UsageHoldTable.Instance).All(book).Select(h => h.Row).SingleOrDefault();
        var policy = held is null ? null : PolicyFacts.Instance.Of(known.Facts).Single(p => p.Id == held.Hold.Policy);
        Invariant.Hold(d.State is DisbursementState.Approved or DisbursementState.Denied);
        NpgsqlParameter[] parameters =
        [
            Sql.Value(book.Workspace.Value), Sql.Value((short)book.Mode), Sql.Value(known.ControlVersion), Sql.Value(entry.BookedAt),
            Sql.Value(actor.Principal), Sql.Value(actor.Credential), Sql.Value(actor.Person!.Value), Sql.Value(actor.Name),
            Sql.Value(actor.Peer), Sql.Value(actor.Request.Value), Sql.Value(key.Route), Sql.Value(key.Key), Sql.Value(key.RequestHash),
            Sql.Value(answer), Sql.Value(policy?.Id.Value), Sql.Value(policy?.DailyLimit), Sql.Value(policy?.MonthlyLimit),
            Sql.Value(held?.State), Sql.Value(d.Id), Sql.Value(Json.Name(d.Kind)), Sql.Value(Json.Name(d.State)), Sql.Value(d.Amount),
            Sql.Value(d.Fee), Sql.Value(d.AmountHold), Sql.Value(d.FeeHold), Sql.Value(d.BankCode), Sql.Value(d.DestinationType),
            Sql.Value(d.AccountNumber), Sql.Value(d.Remark), Sql.Value(d.Rail), Sql.Value(d.ContentHash), Sql.Value(d.DecisionInputs.Text),
            Sql.Value(d.Detail?.Text), Sql.Value(d.AgentId), Sql.Value(d.Merchant), Sql.Value(d.Category), Sql.Value(d.Reason),
            Sql.Value(d.HandleId), Sql.Value(d.AuthorizedUntil), Sql.Value(d.SatIssuedAt), Sql.Value(d.CompletedAt),
            Sql.Value(d.ReceiptDue),
            Sql.Value(entry.Event.Value), Sql.Value(entry.Type), Sql.Value(entry.Data), Sql.Value(writes.Outbox.Count > 0),
        ];
        await using var connection = await source.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(Sql.Command(Statement, parameters));
        return (int)(await batch.ExecuteScalarAsync())!;
    }

    private static readonly string Statement = $"select bench_post({string.Join(',', Enumerable.Range(1, 46).Select(n => $"${n}"))})";
}
