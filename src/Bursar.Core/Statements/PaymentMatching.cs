namespace Bursar.Core.Statements;

/// <summary>
/// A payment that left by one of the operator's rails: <paramref name="Id"/> is what the rail and the bank were told, 32 hex digits;
/// <paramref name="BankReference"/> what the bank calls it, where somebody said so. The day is that of the bank's zone.
/// </summary>
public sealed record SentPayment(string Id, long Amount, string AccountNumber, string? BankReference, DateOnly SentOn);

public enum PaymentReason
{
    /// <summary>The line says the payment's id, or the bank's reference of it.</summary>
    Named,
    /// <summary>The line says the payee's account.</summary>
    SameAccount,
    /// <summary>The amount alone.</summary>
    SameAmount,
}

public sealed record PaymentSuggestion(SentPayment Payment, PaymentReason Reason);

/// <summary>
/// Which line proves which payment: money out that it was paid, money in that it came back. A line books itself only if it names one
/// payment and has its exact amount; of several such lines the first does. Everything else is said to a person, never decided.
/// </summary>
public static class PaymentMatching
{
    public const int MostSuggestions = 5;

    /// <summary>Banks book a payment within days of the order, and give one back within two months.</summary>
    public const int PaidWithinDays = 7, BackWithinDays = 60;

    private const int IdLength = 32;

    /// <summary>The lines that book themselves, each with its payment.</summary>
    public static IReadOnlyDictionary<StatementLine, SentPayment> Of(
        IEnumerable<StatementLine> lines, IReadOnlyCollection<SentPayment> payments)
    {
        var byId = payments.ToDictionary(p => p.Id, StringComparer.Ordinal);
        var byReference = payments.Where(p => p.BankReference is not null).ToLookup(p => (p.BankReference!, p.Amount));
        var proofs = new List<(StatementLine Line, SentPayment Payment)>();
        foreach (var line in lines)
        {
            var named = Ids(line).Where(byId.ContainsKey).Select(id => byId[id]).ToList();
            if (named.Count == 0 && line is { Amount: < 0, BankReference: { } reference })
                named = [.. byReference[(reference, -line.Amount)].Where(p => IsPayee(line, p) ?? true)];
            if (named is [var only] && only.Amount == Math.Abs(line.Amount)) proofs.Add((line, only));
        }
        var exact = new Dictionary<StatementLine, SentPayment>(ReferenceEqualityComparer.Instance);
        foreach (var group in proofs.GroupBy(p => (p.Payment.Id, p.Line.Amount < 0)))
            exact.Add(LineMatching.First(group.Select(p => p.Line)), group.First().Payment);
        return exact;
    }

    /// <summary>The payments of a line's amount that it may be of, likeliest first.</summary>
    public static IReadOnlyList<PaymentSuggestion> Suggest(StatementLine line, IEnumerable<SentPayment> payments)
    {
        var ids = Ids(line).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. payments.Where(p => p.Amount == Math.Abs(line.Amount))
                .Select(p => new PaymentSuggestion(p,
                    ids.Contains(p.Id) || (p.BankReference is not null && p.BankReference == line.BankReference) ? PaymentReason.Named
                        : IsPayee(line, p) == true ? PaymentReason.SameAccount : PaymentReason.SameAmount))
                .OrderBy(s => s.Reason).ThenBy(s => Math.Abs(line.BookedOn.DayNumber - s.Payment.SentOn.DayNumber))
                .ThenBy(s => s.Payment.Id, StringComparer.Ordinal)
                .Take(MostSuggestions),
        ];
    }

    /// <summary>Every id of a payment that the bank wrote into the line; hyphens and letters around it do no harm.</summary>
    public static IEnumerable<string> Ids(StatementLine line) =>
        new[] { line.EndToEndId, line.BankReference, line.Description }.OfType<string>()
            .SelectMany(Words).Where(w => w.Length == IdLength && w.All(char.IsAsciiHexDigit)).Select(w => w.ToLowerInvariant()).Distinct();

    /// <summary>Is the payee's account the one that the line says? Null where it says none.</summary>
    private static bool? IsPayee(StatementLine line, SentPayment payment)
    {
        var account = AccountNumber.Plain(payment.AccountNumber);
        if (line.CounterpartyAccount is { } written) return AccountNumber.Plain(written).EndsWith(account, StringComparison.Ordinal);
        return Words(line.Description).Contains(account, StringComparer.OrdinalIgnoreCase) ? true : null;
    }

    private static string[] Words(string text) =>
        text.Split([.. text.Where(c => !char.IsAsciiLetterOrDigit(c)).Distinct()], StringSplitOptions.RemoveEmptyEntries);
}
