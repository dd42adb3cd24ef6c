using Bursar.Tests.Given;
using Xunit;

namespace Bursar.Tests.Rails;

/// <summary>The contract of docs/rails.md against samples/Rail, a server that somebody else could have written.</summary>
[Collection(RailInstallation.Name)]
public sealed class HttpRailTests(RailInstallation installation) : PayoutRailContract(installation)
{
    protected override string Adapter => "http";

    protected override async Task<Workspace> Open()
    {
        await Desk.Route("live", "money_transfer", Installation.HttpRail);
        return await Installation.Workspace();
    }

    protected override string AccountOf(Fate fate) => "52709" + (fate switch
    {
        Fate.PaidLater => "0006",
        Fate.Refused => "0000",
        Fate.Lost => "0001",
        Fate.Returned => "0003",
        _ => "7481",
    });
}
