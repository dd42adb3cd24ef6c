namespace Bursar.Core.Policies.Rules;

/// <summary>Upper bounds, all inclusive. Written as subtractions, so that nothing can overflow on the way to an answer.</summary>
internal static class Limits
{
    public static readonly Rule Single = new("EXCEEDS_SINGLE_LIMIT", Verdict.Deny, p => p.MaxSingleAmount is not null,
        c => c.Instruction.Amount <= c.Policy.MaxSingleAmount, c => (c.Policy.MaxSingleAmount, null, null));

    public static readonly Rule Daily = new("EXCEEDS_DAILY_LIMIT", Verdict.Deny, p => p.DailyLimit is not null,
        c => c.Instruction.Amount <= c.Policy.DailyLimit - c.Usage.Day.Total,
        c => (c.Policy.DailyLimit, c.Usage.Day.Total, c.Usage.Day.End));

    public static readonly Rule Monthly = new("EXCEEDS_MONTHLY_LIMIT", Verdict.Deny, p => p.MonthlyLimit is not null,
        c => c.Instruction.Amount <= c.Policy.MonthlyLimit - c.Usage.Month.Total,
        c => (c.Policy.MonthlyLimit, c.Usage.Month.Total, c.Usage.Month.End));

    public static readonly Rule PerMinute = new("VELOCITY_LIMIT_MINUTE", Verdict.Deny, p => p.MaxTransactionsPerMinute is not null,
        c => c.Usage.MinuteCount < c.Policy.MaxTransactionsPerMinute,
        c => (c.Policy.MaxTransactionsPerMinute, c.Usage.MinuteCount, c.Usage.MinuteStart.AddMinutes(1)));

    public static readonly Rule PerHour = new("VELOCITY_LIMIT_HOUR", Verdict.Deny, p => p.MaxTransactionsPerHour is not null,
        c => c.Usage.HourCount < c.Policy.MaxTransactionsPerHour,
        c => (c.Policy.MaxTransactionsPerHour, c.Usage.HourCount, c.Usage.HourStart.AddHours(1)));

    public static readonly Rule Approval = new("REQUIRES_APPROVAL", Verdict.RequireApproval, p => p.RequireApprovalOver is not null,
        c => c.Instruction.Amount <= c.Policy.RequireApprovalOver, c => (c.Policy.RequireApprovalOver, null, null));
}
