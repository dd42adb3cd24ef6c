using Bursar.Core.Rails;

namespace Bursar.Rails.Simulator;

/// <summary>
/// The rail abroad of test mode: the account numbers of <see cref="SimulatorRail"/> with the reasons of international transfers. It names
/// no holder: banks abroad do not tell. Behind 0007 stands a bank that wants to know more; what it says in the end is simulated.
/// </summary>
public sealed class SimulatorAbroad : IPayoutRail
{
    private const string Question = "What was this payment for? Please send the contract or the invoice behind it.";
    private readonly SimulatorRail nearby = new();

    public string Name => "simulator_abroad";

    public async Task<RailAnswer> Submit(PayoutOrder order, CancellationToken ct) =>
        Asks(order) ?? Abroad(await nearby.Submit(order, ct));

    public async Task<RailAnswer> Query(PayoutOrder order, int number, CancellationToken ct) =>
        Asks(order) ?? Abroad(await nearby.Query(order, number, ct));

    private static RailAnswer? Asks(PayoutOrder order) => order.AccountNumber.EndsWith("0007", StringComparison.Ordinal)
        ? new RailAnswer(RailVerdict.Accepted) { Question = Question } : null;

    private static RailAnswer Abroad(RailAnswer answer) => answer with
    {
        RecipientName = null,
        Reason = answer.Reason switch { null => null, "INACTIVE_ACCOUNT" => "INVALID_BENEFICIARY", _ => "REFUSED" },
    };
}
