namespace Bursar.Core.Statements;

/// <summary>
/// A top-up that waits, or lies in quarantine after it expired: <paramref name="Amount"/> is the exact amount with its code,
/// <paramref name="Base"/> the amount that was asked for, both in minor units of the receiving account. The days are those of that
/// account's bank, both inclusive: when it was made and when it expires.
/// </summary>
public sealed record OpenAmount(string Id, long Amount, long Base, DateOnly CreatedOn, DateOnly ExpiresOn);

public enum MatchReason
{
    /// <summary>The exact amount in time, but more than one top-up has it.</summary>
    Ambiguous,
    /// <summary>The exact amount, booked after the top-up expired.</summary>
    Late,
    /// <summary>The amount that was asked for, without the code.</summary>
    WithoutCode,
    /// <summary>Two neighbouring digits changed places.</summary>
    Transposed,
    /// <summary>Up to <see cref="LineMatching.NearAmount"/> more or less.</summary>
    NearAmount,
}

public sealed record Match(StatementLine Line, OpenAmount TopUp);

public sealed record Suggestion(OpenAmount TopUp, MatchReason Reason);

/// <summary>A line a person decides on; the likeliest top-up first, at most <see cref="LineMatching.MostSuggestions"/>.</summary>
public sealed record Review(StatementLine Line, IReadOnlyList<Suggestion> Suggestions);

/// <summary>
/// Each line is in exactly one of the three. <see cref="Exact"/> may book itself; <see cref="ToReview"/> and <see cref="Rest"/>
/// (debits too) stay in suspense.
/// </summary>
public sealed record Matching(IReadOnlyList<Match> Exact, IReadOnlyList<Review> ToReview, IReadOnlyList<StatementLine> Rest);

/// <summary>
/// Which line pays which top-up of one receiving account (PRODUCT L3). A line books itself only if one open top-up has its exact
/// amount and was open on the day. Of several such lines the first pays it, as it would have in a file of its own (decision 59).
/// Everything else is said to a person, never decided.
/// </summary>
public static class LineMatching
{
    /// <summary>Minor units: the width of the code (1 to 999).</summary>
    public const long NearAmount = 999;

    /// <summary>Days after its expiry in which a line may still be suggested for a top-up.</summary>
    public const int LateDays = 14;
    public const int MostSuggestions = 5;

    public static Matching Of(IEnumerable<StatementLine> lines, IReadOnlyCollection<OpenAmount> open)
    {
        var all = lines.ToList();
        var index = new OpenAmounts(open);
        var inTime = all.Select(line => (Line: line, TopUps: index.Exactly(line.Amount).Where(t => InTime(line, t)).ToList())).ToList();
        var first = inTime.Where(m => m.TopUps.Count == 1).GroupBy(m => m.TopUps[0].Id)
            .ToDictionary(g => g.Key, g => First(g.Select(m => m.Line)));

        var (exact, review, rest) = (new List<Match>(), new List<Review>(), new List<StatementLine>());
        foreach (var (line, topUps) in inTime)
            if (topUps is [var only] && ReferenceEquals(first[only.Id], line)) exact.Add(new Match(line, only));
            else if (Suggestions(line, topUps, index) is { Count: > 0 } suggestions) review.Add(new Review(line, suggestions));
            else rest.Add(line);
        return new Matching(exact, WithoutTaken(review, exact, rest), rest);
    }

    /// <summary>The one that comes first whatever the order in which the file has them.</summary>
    public static StatementLine First(IEnumerable<StatementLine> lines) =>
        lines.OrderBy(l => l.BookedOn).ThenBy(l => l.Fingerprint, StringComparer.Ordinal).ThenBy(l => l.Row).First();

    private static bool InTime(StatementLine line, OpenAmount topUp) =>
        line.BookedOn >= topUp.CreatedOn && line.BookedOn <= topUp.ExpiresOn;

    /// <summary>Nothing paid before it was asked for.</summary>
    private static bool Plausible(StatementLine line, OpenAmount topUp) =>
        line.BookedOn >= topUp.CreatedOn && line.BookedOn.DayNumber - topUp.ExpiresOn.DayNumber <= LateDays;

    private static List<Suggestion> Suggestions(StatementLine line, List<OpenAmount> inTime, OpenAmounts index)
    {
        if (line.Amount <= 0) return [];
        return
        [
            .. inTime.Select(t => new Suggestion(t, MatchReason.Ambiguous))
                .Concat(index.Exactly(line.Amount).Select(t => new Suggestion(t, MatchReason.Late)))
                .Concat(index.ByBase(line.Amount).Select(t => new Suggestion(t, MatchReason.WithoutCode)))
                .Concat(Swapped(line.Amount).SelectMany(index.Exactly).Select(t => new Suggestion(t, MatchReason.Transposed)))
                .Concat(index.Near(line.Amount, t => Plausible(line, t)).Select(t => new Suggestion(t, MatchReason.NearAmount)))
                .Where(s => Plausible(line, s.TopUp))
                .DistinctBy(s => s.TopUp.Id)
                .Take(MostSuggestions),
        ];
    }

    /// <summary>A top-up that a line pays exactly is no longer anybody's near miss.</summary>
    private static List<Review> WithoutTaken(List<Review> review, List<Match> exact, List<StatementLine> rest)
    {
        var taken = exact.Select(m => m.TopUp.Id).ToHashSet();
        var left = new List<Review>();
        foreach (var each in review)
            if (each.Suggestions.Where(s => !taken.Contains(s.TopUp.Id)).ToList() is { Count: > 0 } still)
                left.Add(each with { Suggestions = still });
            else rest.Add(each.Line);
        return left;
    }

    /// <summary>The amounts that become this one when two neighbouring digits change places; 10^15 has sixteen digits.</summary>
    private static IEnumerable<long> Swapped(long amount)
    {
        for (long place = 1; place <= amount / 10; place *= 10)
        {
            var (low, high) = (amount / place % 10, amount / place / 10 % 10);
            if (low != high) yield return amount + (low - high) * 9 * place;
        }
    }
}

/// <summary>
/// Open amounts by what a line may know of them. Ties are in the order of ids, so that a suggestion is the same each time.
/// </summary>
internal sealed class OpenAmounts
{
    /// <summary>A thousand top-ups of one base lie side by side; the nearest few are enough to suggest.</summary>
    private const int Looked = 64;

    private readonly OpenAmount[] byAmount;
    private readonly long[] amounts;
    private readonly ILookup<long, OpenAmount> exact;
    private readonly ILookup<long, OpenAmount> bases;

    public OpenAmounts(IEnumerable<OpenAmount> open)
    {
        byAmount = [.. open.OrderBy(t => t.Amount).ThenBy(t => t.Id, StringComparer.Ordinal)];
        amounts = [.. byAmount.Select(t => t.Amount)];
        exact = byAmount.ToLookup(t => t.Amount);
        bases = byAmount.ToLookup(t => t.Base);
    }

    public IEnumerable<OpenAmount> Exactly(long amount) => exact[amount];

    public IEnumerable<OpenAmount> ByBase(long amount) => bases[amount].Take(Looked);

    /// <summary>Nearest first, within <see cref="LineMatching.NearAmount"/>, of those that may be meant.</summary>
    public IEnumerable<OpenAmount> Near(long amount, Func<OpenAmount, bool> may)
    {
        var found = Array.BinarySearch(amounts, amount);
        var up = found < 0 ? ~found : found;
        var down = up - 1;
        for (var looked = 0; looked < Looked; looked++)
        {
            var above = up < amounts.Length ? amounts[up] - amount : long.MaxValue;
            var below = down >= 0 ? amount - amounts[down] : long.MaxValue;
            if (Math.Min(above, below) > LineMatching.NearAmount) yield break;
            var next = byAmount[above < below ? up++ : down--];
            if (may(next)) yield return next;
        }
    }
}
