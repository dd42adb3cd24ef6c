using Bursar.Core.Rails;

namespace Bursar.Rails.Simulator;

/// <summary>
/// The rail abroad of test mode: the account numbers of <see cref="SimulatorRail"/> with the reasons of international transfers. It names
/// no holder: banks abroad do not tell.
/// </summary>
public sealed class SimulatorAbroad : IPayoutRail
{
    private readonly SimulatorRail nearby = new();

    public string Name => "simulator_abroad";

    public async Task<RailAnswer> Submit(PayoutOrder order, CancellationToken ct) => Abroad(await nearby.Submit(order, ct));

    public async Task<RailAnswer> Query(PayoutOrder order, int number, CancellationToken ct) =>
        Abroad(await nearby.Query(order, number, ct));

    private static RailAnswer Abroad(RailAnswer answer) => answer with
    {
        RecipientName = null,
        Reason = answer.Reason switch { null => null, "INACTIVE_ACCOUNT" => "INVALID_BENEFICIARY", _ => "REFUSED" },
    };
}
