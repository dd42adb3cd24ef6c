using System.Collections.Concurrent;
using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>What banks said of the accounts of a slice, and those that there was no time to ask for.</summary>
public sealed record ToldNames(
    IReadOnlyDictionary<(string, string), InquiryAnswer> Answers, IReadOnlySet<(string, string)> Later);

/// <summary>
/// Asks whose accounts the rows of a batch are, for as long as a step may take. A rail that says nothing at all stops nothing: for a
/// minute it is left in peace, and the rows say that nobody has told the name.
/// </summary>
public sealed class BatchNames(PayoutRouting routing, TimeProvider time)
{
    private const int AtOnce = 16;
    // A step has a lease of 15 seconds.
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan Peace = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, DateTimeOffset> silentUntil = new();

    public async Task<ToldNames> Of(Batch batch, IEnumerable<(string Bank, string Account)> accounts, CancellationToken ct)
    {
        var answers = new ConcurrentDictionary<(string, string), InquiryAnswer>();
        var later = new ConcurrentDictionary<(string, string), byte>();
        var mode = batch.Maker.Book.Mode;
        var found = (await routing.Rails()).ForInquiry(mode, DisbursementKind.MoneyTransfer);
        if (!batch.AsksNames || !found.Ok) return new ToldNames(answers, later.Keys.ToHashSet());
        var rail = found.Value;
        var isSilent = rail.SuspendedAt is not null || silentUntil.GetValueOrDefault(rail.Name) > time.GetUtcNow();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(Most);
        await Parallel.ForEachAsync(accounts.Distinct(), new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct },
            async (account, _) =>
            {
                if (limit.IsCancellationRequested) later[account] = 0;
                else answers[account] = isSilent ? InquiryAnswer.Pending : await Ask(rail, mode, account, limit.Token);
            });
        if (limit.IsCancellationRequested && answers.Values.All(a => a.Status == InquiryStatus.Pending))
            silentUntil[rail.Name] = time.GetUtcNow() + Peace;
        return new ToldNames(answers, later.Keys.ToHashSet());
    }

    private static async Task<InquiryAnswer> Ask(
        KnownRail rail, Core.Access.Mode mode, (string Bank, string Account) account, CancellationToken ct)
    {
        try
        {
            return await ((IInquiryRail)rail.Adapter).Inquire(
                new InquiryQuestion(mode, Guid.CreateVersion7().ToString("N"), account.Bank, account.Account)
                {
                    RailSettings = rail.RailSettings,
                }, ct).WaitAsync(ct);
        }
        catch (Exception)
        {
            return InquiryAnswer.Pending;
        }
    }
}
