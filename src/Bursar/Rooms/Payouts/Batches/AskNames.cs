using System.Collections.Concurrent;
using Bursar.Core.Rails;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>Asks banks whose accounts these are, for a few seconds: a step of a check never lasts longer than its lease.</summary>
public sealed class AskNames(IInquiryRail rail, TimeProvider time)
{
    private const int AtOnce = 16;
    // Together less than the lease of WorkAtBatches.
    private static readonly TimeSpan AskFor = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(8);

    /// <summary>The answers of the first accounts at least, and of the others as far as the time goes.</summary>
    public async Task<IReadOnlyDictionary<(string Bank, string Account), InquiryAnswer>> Ask(
        IEnumerable<(string Bank, string Account)> accounts, CancellationToken ct)
    {
        var answers = new ConcurrentDictionary<(string, string), InquiryAnswer>();
        var begun = time.GetTimestamp();
        await Parallel.ForEachAsync(accounts, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (account, token) =>
            {
                if (time.GetElapsedTime(begun) < AskFor) answers[account] = await Ask(account, token);
            });
        return answers;
    }

    // A rail that cannot tell, or not in time, stops nothing; the row says so.
    private async Task<InquiryAnswer> Ask((string Bank, string Account) account, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(AnswerMax);
        try
        {
            return await rail.Inquire(account.Bank, account.Account, limit.Token).WaitAsync(limit.Token);
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            return new InquiryAnswer(InquiryStatus.Failed, null);
        }
    }
}
