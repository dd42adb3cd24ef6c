using Bursar.Core.Currencies;
using Bursar.Core.Policies;
using Bursar.Core.Text;

namespace Bursar.Platform.Ui;

/// <summary>The words of the explain card: reasons, rules, and what would have changed the decision.</summary>
public static class ExplainText
{
    public static (string Word, Tone Tone) Word(string decision) => decision switch
    {
        "ALLOW" => ("Allowed", Tone.Ok),
        "DENY" => ("Denied", Tone.Bad),
        _ => ("Needs approval", Tone.Wait),
    };

    /// <summary>A reason code as a sentence; one that is not known stands for itself.</summary>
    public static string Reason(string code) => code switch
    {
        "OK" => "Every policy that concerns it passed.",
        "NO_ACTIVE_POLICY" => "No active policy concerns it, and an agent spends nothing without one.",
        "BLOCKED_MERCHANT" => "The merchant is on a block list.",
        "BLOCKED_CATEGORY" => "The category is on a block list.",
        "MERCHANT_NOT_ALLOWED" => "The merchant is not on the allow list.",
        "CATEGORY_NOT_ALLOWED" => "The category is not on the allow list.",
        "EXCEEDS_SINGLE_LIMIT" => "It is above the limit of one transaction.",
        "EXCEEDS_DAILY_LIMIT" => "It would go past the daily cap.",
        "EXCEEDS_MONTHLY_LIMIT" => "It would go past the monthly cap.",
        "VELOCITY_LIMIT_MINUTE" => "There were too many transactions within this minute.",
        "VELOCITY_LIMIT_HOUR" => "There were too many transactions within this hour.",
        "REQUIRES_APPROVAL" => "It is above the approval threshold: a person must agree.",
        "AGENT_FROZEN" => "The agent is frozen.",
        "INSUFFICIENT_FUNDS" => "The deposit does not cover it.",
        "EVALUATION_ERROR" => "It could not be evaluated, and what cannot be evaluated is refused.",
        "APPROVED" => "A person approved it.",
        "REJECTED" => "A person rejected it.",
        "APPROVAL_EXPIRED" => "Nobody decided in time.",
        "CANCELLED" => "It was cancelled.",
        _ => code,
    };

    public static string Rule(string code) => code switch
    {
        "BLOCKED_MERCHANT" => "Blocked merchants",
        "BLOCKED_CATEGORY" => "Blocked categories",
        "MERCHANT_NOT_ALLOWED" => "Allowed merchants",
        "CATEGORY_NOT_ALLOWED" => "Allowed categories",
        "EXCEEDS_SINGLE_LIMIT" => "Per transaction",
        "EXCEEDS_DAILY_LIMIT" => "Daily cap",
        "EXCEEDS_MONTHLY_LIMIT" => "Monthly cap",
        "VELOCITY_LIMIT_MINUTE" => "Per minute",
        "VELOCITY_LIMIT_HOUR" => "Per hour",
        "REQUIRES_APPROVAL" => "Approval threshold",
        _ => code,
    };

    public static string Outcome(string outcome) => outcome switch { "passed" => "Passed", "failed" => "Failed", _ => "Asks a person" };

    /// <summary>Whether a rule counts transactions, not money.</summary>
    public static bool Counts(string rule) => rule is "VELOCITY_LIMIT_MINUTE" or "VELOCITY_LIMIT_HOUR";

    /// <summary>What is left of a budget behind this request; a refused one takes nothing.</summary>
    public static long? After(RuleOutcome rule, long amount, bool denied) =>
        rule.Remaining is not { } left ? null : denied ? left : Math.Max(0, left - (Counts(rule.Rule) ? 1 : amount));

    /// <summary>What would have changed the decision, as things stood; moments are said by <paramref name="time"/>.</summary>
    public static IReadOnlyList<Phrase> Flips(
        string reason, IReadOnlyList<RuleOutcome> rules, Money amount, Func<DateTimeOffset, string> time)
    {
        string Full(long minor) => MoneyText.Full(new Money(minor, amount.Currency));
        if (reason == "OK")
        {
            var most = rules.Where(r => !Counts(r.Rule) && (r.Remaining ?? r.Limit) is not null).Select(r => r.Remaining ?? r.Limit!.Value)
                .DefaultIfEmpty(0).Min();
            return most > 0 ? [$"Up to {Full(most)} would have passed as well."] : [];
        }
        return [.. rules.Where(r => r.Rule == reason && r.Outcome != "passed").Select(Flip).DistinctBy(p => p.ToString())];

        // Statements, not a switch expression: its arms would become plain strings before they became sentences with values.
        Phrase Flip(RuleOutcome rule)
        {
            if (rule.Rule is "BLOCKED_MERCHANT" or "BLOCKED_CATEGORY") return "It would pass this rule if the block list did not name it.";
            if (rule.Rule is "MERCHANT_NOT_ALLOWED" or "CATEGORY_NOT_ALLOWED")
                return "It would pass this rule if the allow list named it, spelled exactly so.";
            var limit = rule.Limit ?? 0;
            if (rule.Rule == "EXCEEDS_SINGLE_LIMIT") return $"Up to {Full(limit)} would pass.";
            if (rule.Rule == "REQUIRES_APPROVAL") return $"Up to {Full(limit)} passes without anybody.";
            var from = time(rule.ResetsAt ?? default);
            if (Counts(rule.Rule)) return $"It would pass from {from} on.";
            if (amount.Minor > limit) return $"It is above the whole cap: at most {Full(limit)} can pass.";
            if (rule.Remaining is not > 0) return $"Nothing is left of the cap until {from}.";
            return $"Up to {Full(rule.Remaining.Value)} would pass now, and the whole amount from {from} on.";
        }
    }
}
