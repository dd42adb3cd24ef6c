using System.Text.Json.Serialization;
using Bursar.Core.Access;
using Bursar.Core.Rails;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Requests;
using Bursar.Rooms.Spending.Sats;

namespace Bursar.Rooms.Spending.Handles;

/// <summary>
/// The workspace's own backend as a rail: called once with a spend, afterwards only asked what became of it. An executor that was provably
/// not reached has not paid; any other silence is unknown.
/// </summary>
public sealed class ExecutorRail(Database database, HandleReads handles, ExecutorCall call, SatIssuer sats, TimeProvider time) : IPayoutRail
{
    public const string Unreachable = "EXECUTOR_UNREACHABLE";

    public string Name => SpendDetail.Executor;

    /// <summary>The executor's time and a little for what is read and signed before.</summary>
    public TimeSpan AnswerMax => ExecutorCall.Longest + TimeSpan.FromSeconds(5);

    /// <summary>The body of the call; <see cref="SatJti"/> is the executor's idempotency key.</summary>
    private sealed record Payment(
        SpendRequestId SpendRequestId, SatId SatJti, long Amount, string Currency, string Merchant, string AgentId, string Description,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyDictionary<string, string>? Metadata);

    public async Task<RailAnswer> Submit(PayoutOrder order, CancellationToken ct)
    {
        var (spend, _) = await Find(order, ct);
        var handle = await HandleOf(order.Book, spend);
        var body = new Payment(new(spend.Id), new(spend.Id), spend.Amount, spend.Currency, spend.Merchant!, spend.AgentId!, spend.Reason!,
            SpendDetail.Of(spend).Metadata);
        var pen = await sats.Pen(order.Book.Mode);
        if (SatTerms.TimesOf(spend, time.NowMicros()) is not { } times) return new RailAnswer(RailVerdict.Refused, "AUTHORIZATION_ENDED");
        var sat = pen.Sign(SatTerms.Of(order.Book, spend), times);
        var answer = await call.Post(order.Book, handle, System.Text.Encoding.UTF8.GetBytes(Json.Write(body)), sat, ct);
        return answer.Unsent ? new RailAnswer(RailVerdict.Refused, Unreachable) : ExecutorAnswer.Read(answer);
    }

    public async Task<RailAnswer> Query(PayoutOrder order, int number, CancellationToken ct)
    {
        var (spend, asked) = await Find(order, ct);
        var handle = await HandleOf(order.Book, spend);
        var answer = ExecutorAnswer.Read(await call.Get(order.Book, handle, new SatId(spend.Id).ToString(), ExecutorCall.Longest, ct));
        // An address that came later may be another executor's, which knows of no payment: its no is no proof.
        return answer.Verdict == RailVerdict.Refused && handle.UrlChangedAt > asked ? new RailAnswer(RailVerdict.Unknown) : answer;
    }

    private async Task<HandleRow> HandleOf(BookKey book, Disbursement spend) =>
        (await handles.Row(book, new HandleId(spend.HandleId!.Value)))!;

    /// <summary>The spend, and when it was handed over.</summary>
    private async Task<(Disbursement Spend, DateTimeOffset Asked)> Find(PayoutOrder order, CancellationToken ct)
    {
        var scope = new
        {
            workspace = order.Book.Workspace.Value,
            mode = (short)order.Book.Mode,
            id = Guid.ParseExact(order.Reference, "N"),
        };
        var spends = await database.Read(order.Book, $"""
            select {DisbursementTable.Columns} from disbursements d
            where d.workspace_id = @workspace and d.mode = @mode and d.disbursement_id = @id
            """, scope, DisbursementTable.ReadRow, ct);
        var asked = await database.One<DateTimeOffset>(order.Book, """
            select started_at from attempts where workspace_id = @workspace and mode = @mode and disbursement_id = @id
            order by number desc limit 1
            """, scope, ct);
        return (spends.Single(), asked);
    }
}
