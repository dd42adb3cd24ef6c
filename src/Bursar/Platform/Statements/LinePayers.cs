using Bursar.Core.Statements;

namespace Bursar.Platform.Statements;

/// <summary>
/// Which lines book themselves, and for which top-up: by the virtual account number that the bank wrote into the line, else by the exact
/// amount (<see cref="LineMatching"/>). Whatever leaves a doubt is left to a person.
/// </summary>
public static class LinePayers
{
    public static Dictionary<StatementLine, Candidate> Of(IReadOnlyList<StatementLine> lines, IReadOnlyList<Candidate> candidates)
    {
        var byAmount = candidates.Where(c => c.ByAmount).ToDictionary(c => c.Amount.Id);
        var byNumber = candidates.Where(c => c.VirtualAccount is not null).ToDictionary(c => c.VirtualAccount!);
        var named = lines.Where(l => l.Amount > 0)
            .Select(line => (Line: line, TopUps: Numbers(line).Where(byNumber.ContainsKey).Select(n => byNumber[n]).ToList()))
            .Where(m => m.TopUps.Count > 0)
            .ToList();
        var payers = new Dictionary<StatementLine, Candidate>(ReferenceEqualityComparer.Instance);
        var fitting = named.Where(m =>
            m.TopUps is [{ State: not MoneyIn.CollectionState.Cancelled } only] && Fits(m.Line, only.Amount));
        foreach (var group in fitting.GroupBy(m => m.TopUps[0].Amount.Id))
            payers[LineMatching.First(group.Select(m => m.Line))] = group.First().TopUps[0];
        // A line that names a number is never taken for another top-up's exact amount.
        var others = lines.Except(named.Select(m => m.Line), ReferenceEqualityComparer.Instance).Cast<StatementLine>();
        foreach (var (line, topUp) in LineMatching.Of(others, [.. byAmount.Values.Select(c => c.Amount)]).Exact)
            payers[line] = byAmount[topUp.Id];
        return payers;
    }

    /// <summary>What a person may want to tie a line to, likeliest first.</summary>
    public static IReadOnlyList<Suggestion> Suggest(StatementLine line, IReadOnlyList<Candidate> candidates)
    {
        var numbers = Numbers(line).ToHashSet();
        var named = candidates.Where(c => c.VirtualAccount is { } number && numbers.Contains(number))
            .Select(c => new Suggestion(c.Amount, Reason(line, c.Amount)));
        var matching = LineMatching.Of([line], [.. candidates.Select(c => c.Amount)]);
        var near = matching.Exact.Select(m => new Suggestion(m.TopUp, MatchReason.Ambiguous))
            .Concat(matching.ToReview.SelectMany(r => r.Suggestions));
        return [.. named.Concat(near).DistinctBy(s => s.TopUp.Id).Take(LineMatching.MostSuggestions)];
    }

    private static MatchReason Reason(StatementLine line, OpenAmount topUp) =>
        line.Amount != topUp.Amount ? MatchReason.NearAmount : line.BookedOn > topUp.ExpiresOn ? MatchReason.Late : MatchReason.Ambiguous;

    private static bool Fits(StatementLine line, OpenAmount topUp) =>
        line.Amount == topUp.Amount && line.BookedOn >= topUp.CreatedOn && line.BookedOn <= topUp.ExpiresOn;

    /// <summary>Every run of digits in what the bank and the payer wrote.</summary>
    private static IEnumerable<string> Numbers(StatementLine line) =>
        new[] { line.Description, line.BankReference, line.CounterpartyAccount, line.EndToEndId }.OfType<string>()
            .SelectMany(text => text.Split([.. text.Where(c => !char.IsAsciiDigit(c)).Distinct()], StringSplitOptions.RemoveEmptyEntries))
            .Distinct();
}
