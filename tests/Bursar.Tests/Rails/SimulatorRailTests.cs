using System.Net;
using Bursar.Tests.Given;
using Xunit;

namespace Bursar.Tests.Rails;

[Collection(RailInstallation.Name)]
public sealed class SimulatorRailTests(RailInstallation installation) : PayoutRailContract(installation)
{
    protected override string Adapter => "simulator";

    protected override Task<Workspace> Open() => Installation.Workspace(Core.Access.Mode.Test);

    protected override string AccountOf(Fate fate) => "52709" + (fate switch
    {
        Fate.PaidLater => "0006",
        Fate.Refused => "0000",
        Fate.Lost => "0001",
        Fate.Returned => "0003",
        _ => "7481",
    });

    protected override async Task Meet(Workspace w, string transfer, Fate fate)
    {
        if (fate is not (Fate.PaidLater or Fate.Returned)) return;
        var outcome = fate == Fate.PaidLater ? "succeeded" : "reversed";
        if (fate == Fate.Returned) await Becomes(w, transfer, "succeeded");
        (await w.Api.Post($"/v1/test/disbursements/{transfer}/outcome", new { outcome })).Is(HttpStatusCode.OK);
    }
}
