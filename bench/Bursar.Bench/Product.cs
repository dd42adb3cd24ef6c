namespace Bursar.Bench;

/// <summary>
/// What is asked for: money is a transfer from the deposit, guard an agent's spend that moves none and is answered with a signed token.
/// <see cref="Telling"/>: requests whose answers show whether two forms decide alike, against 51 million a day or a deposit of 5 million.
/// </summary>
internal sealed record Product(string Name, string Route, string Kind, object Usual, IReadOnlyList<object> Telling)
{
    /// <summary>What every policy of the bench blocks.</summary>
    public static readonly string[] Blocked = ["bca:6660000001", "casino.example"];

    public static readonly Product Money = new("money", "transfers", "money_transfer", Transfer(10_000),
    [
        Transfer(20_000), Transfer(60_000_000), Transfer(30_000, "6660000001"), Transfer(30_000_000),
        Transfer(30_000_000), Transfer(4_000_000), Transfer(9_999), Transfer(40_000),
    ]);

    public static readonly Product Guard = new("guard", "spend-requests", "agent_spend", Spend(10_000),
    [
        Spend(20_000), Spend(60_000_000), Spend(30_000, "casino.example"), Spend(30_000_000),
        Spend(30_000_000), Spend(4_000_000), Spend(0), Spend(40_000),
    ]);

    public string Lane => $"/v1/{Route}";

    public string At(string form) => $"/bench/{form}/{Route}";

    private static object Transfer(long amount, string account = "5270997481") =>
        new { amount, bankCode = "bca", accountNumber = account, remark = "Coffee beans" };

    private static object Spend(long amount, string merchant = "tokopedia.com") =>
        new { agentId = "shopper", amount, currency = "IDR", merchant, reason = "Printer paper", category = "office" };
}
