using Bursar.Core.Currencies;

namespace Bursar.Rooms.Spending.Agents;

/// <summary>How agents read on a page.</summary>
public static class AgentWords
{
    public static Money Of(AgentSpending spending) => new(spending.Amount, Currency.Get(spending.Currency));
}
