using Bursar.Core.Policies;
using Bursar.Platform.Access;
using Bursar.Platform.Books;

namespace Bursar.Platform.Control;

/// <summary>
/// The only door through which money leaves: people, keys and agents pass it, once. Decides with the locked book's policies and
/// usage, and holds budget for what it allows or sends to approval, so that an approval can never break a cap.
/// </summary>
public static class Control
{
    public static void WantBudgets(this Reads reads, Command command) => reads.Of(UsageTable.Instance).Want(command.Book, default);

    public static void WantHolds(this Reads reads, Command command, Guid disbursement) =>
        reads.Of(UsageHoldTable.Instance).Want(command.Book, (disbursement, default));

    public static Decision Decide(this OpenBook book, Instruction instruction) => book.Decide(instruction, PolicyFacts.Instance.Of(book));

    /// <summary>What these policies say to it with the budgets as they stand: a draft among them can be tried.</summary>
    public static Decision Decide(this OpenBook book, Instruction instruction, IReadOnlyList<Policy> policies)
    {
        var zone = Principals.Instance.Of(book).Workspace.Zone;
        return PolicyEngine.Decide(instruction, policies, policy => book.Budget(policy, zone), book.At);
    }

    /// <summary>
    /// Holds budget in every policy that concerns the instruction; <paramref name="forGood"/> where it counts as used from the start.
    /// </summary>
    public static void HoldBudget(this OpenBook book, Instruction instruction, Guid disbursement, bool forGood = false)
    {
        var zone = Principals.Instance.Of(book).Workspace.Zone;
        foreach (var policy in PolicyFacts.Instance.Of(book))
        {
            if (!PolicyEngine.Concerns(policy, instruction)) continue;
            var (usage, hold) = UsageRules.Hold(book.Budget(policy.Id, zone), instruction.Amount);
            book.Put(book.WarnOfCap(forGood ? UsageRules.Use(usage, hold) : usage, policy));
            book.Insert(UsageHoldTable.Instance, (disbursement, policy.Id), new HeldBudget(hold, forGood ? "used" : "held"));
        }
    }

    /// <summary>Tells once a period that 80 % of a cap are held or used.</summary>
    private static Usage WarnOfCap(this OpenBook book, Usage usage, Policy policy)
    {
        var (warned, day, month) = UsageRules.WarnNear(usage, policy);
        if (day) Publish(CapWarning.Of(policy, "day", policy.DailyLimit!.Value, usage.Day));
        if (month) Publish(CapWarning.Of(policy, "month", policy.MonthlyLimit!.Value, usage.Month));
        return warned;

        void Publish(CapWarning warning) => book.Publish(CapWarning.Event, policy.Id.Value, policy.Version, warning);
    }

    /// <summary>The budget held by a disbursement is used for good.</summary>
    public static void UseBudget(this OpenBook book, Guid disbursement) => book.EndHolds(disbursement, "used", UsageRules.Use);

    /// <summary>The budget held by a disbursement is free again.</summary>
    public static void ReleaseBudget(this OpenBook book, Guid disbursement) => book.EndHolds(disbursement, "released", UsageRules.Release);

    /// <summary>
    /// What was really paid is what counts, whether it was held, used or free again before; even past the cap (PRODUCT S6).
    /// </summary>
    public static void SettleBudget(this OpenBook book, Guid disbursement, long actual) => book.Recount(disbursement, "used", actual);

    /// <summary>Nothing was paid: what was held or used is free again in the periods that still run (PRODUCT S3).</summary>
    public static void GiveBudgetBack(this OpenBook book, Guid disbursement) => book.Recount(disbursement, "released", 0);

    private static void Recount(this OpenBook book, Guid disbursement, string state, long actual)
    {
        var zone = Principals.Instance.Of(book).Workspace.Zone;
        foreach (var (key, held) in book.All(UsageHoldTable.Instance).Where(h => h.Key.Disbursement == disbursement).ToList())
        {
            var usage = book.Budget(key.Policy, zone);
            book.Put(held.State == "held"
                ? UsageRules.Use(usage, held.Hold, actual)
                : UsageRules.Recount(usage, held.Hold, held.Counted, actual));
            book.Update(UsageHoldTable.Instance, key, held with { State = state, Used = state == "used" ? actual : null });
        }
    }

    private static void EndHolds(this OpenBook book, Guid disbursement, string state, Func<Usage, UsageHold, Usage> end)
    {
        var zone = Principals.Instance.Of(book).Workspace.Zone;
        var held = book.All(UsageHoldTable.Instance).Where(h => h.Key.Disbursement == disbursement && h.Row.State == "held").ToList();
        foreach (var (key, hold) in held)
        {
            book.Put(end(book.Budget(key.Policy, zone), hold.Hold));
            book.Update(UsageHoldTable.Instance, key, hold with { State = state });
        }
    }

    /// <summary>What a policy has held and used as the next decision would see it; the command must want budgets.</summary>
    public static Usage UsageOf(this OpenBook book, PolicyId policy) =>
        book.Budget(policy, Principals.Instance.Of(book).Workspace.Zone);

    private static Usage Budget(this OpenBook book, PolicyId policy, TimeZoneInfo zone) =>
        book.Find(UsageTable.Instance, policy) is { } usage
            ? UsageRules.RollOver(usage, book.At, zone)
            : UsageRules.Start(policy, book.At, zone);

    private static void Put(this OpenBook book, Usage usage)
    {
        if (book.Find(UsageTable.Instance, usage.Policy) is null) book.Insert(UsageTable.Instance, usage.Policy, usage);
        else book.Update(UsageTable.Instance, usage.Policy, usage);
    }
}
