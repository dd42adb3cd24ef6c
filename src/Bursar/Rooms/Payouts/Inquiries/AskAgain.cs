using Bursar.Core.Access;
using Bursar.Core.Rails;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Dapper;

namespace Bursar.Rooms.Payouts.Inquiries;

/// <summary>
/// Asks banks again that had not answered, through the rail that was asked first: after 5 s, then ever less often, for three days; then the
/// inquiry has failed.
/// </summary>
public sealed class AskAgain(Database database, PayoutRouting routing, AccountHolders holders, Posting posting, TimeProvider time)
    : PeriodicPass("asking banks again", TimeSpan.FromSeconds(1), time)
{
    // Half the places at a rail: the other half is for people who wait.
    private const int AtOnce = 16;
    private static readonly TimeSpan Patience = TimeSpan.FromDays(3);

    protected override async Task Pass(CancellationToken ct) => await Task.WhenAll((await Claim(ct)).Select(Ask));

    /// <summary>The next turn is set before the bank is asked: whoever dies in between asks then.</summary>
    private async Task<IReadOnlyList<Due>> Claim(CancellationToken ct)
    {
        await using var connection = await database.Queues.OpenConnectionAsync(ct);
        return (await connection.QueryAsync<Due>("""
            update account_inquiries i set asks = asks + 1,
                next_ask = @now + least(interval '30 minutes', interval '5 seconds' * power(3, least(asks, 10)))
            from (
                select workspace_id, mode, inquiry_id from account_inquiries where next_ask <= @now
                order by next_ask limit @AtOnce for update skip locked) d
            where i.workspace_id = d.workspace_id and i.mode = d.mode and i.inquiry_id = d.inquiry_id
            returning i.workspace_id, i.mode, i.inquiry_id, i.rail, i.bank_code, i.account_number, i.created_at
            """, new { now = Time.NowMicros(), AtOnce })).AsList();
    }

    private async Task Ask(Due due)
    {
        var book = new BookKey(new(due.WorkspaceId), (Mode)due.Mode);
        var rail = (await routing.Rails()).ByName[due.Rail];
        var told = await holders.AskBank(book, rail, due.InquiryId, due.BankCode, due.AccountNumber, again: true);
        var answer = told.Ok ? told.Value : InquiryAnswer.Pending;
        if (answer.Status == InquiryStatus.Pending)
        {
            if (Time.NowMicros() < due.CreatedAt + Patience) return;
            answer = new InquiryAnswer(InquiryStatus.Failed, null);
        }
        await posting.Submit(new AnswerInquiry(
            Actor.System(book, "Bursar", RequestId.New(Time.GetUtcNow())), due.InquiryId, answer));
    }

    private sealed record Due
    {
        public Guid WorkspaceId { get; init; }
        public short Mode { get; init; }
        public Guid InquiryId { get; init; }
        public required string Rail { get; init; }
        public required string BankCode { get; init; }
        public required string AccountNumber { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
    }
}
