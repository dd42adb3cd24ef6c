using System.Diagnostics;
using System.Net;
using Bursar.Core.Access;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Outbound;
using Bursar.Tests.Faults;
using Bursar.Tests.Given;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Bursar.Tests.Rails;

/// <summary>
/// An installation of its own: rails are the operator's and carry what every workspace sends. Its tests run one after another.
/// </summary>
[CollectionDefinition(Name)]
public sealed class RailInstallation : IAsyncLifetime, ICollectionFixture<RailInstallation>
{
    public const string Name = "rails";
    private Process? partner;
    private int partners;

    public Product Product { get; } = new() { Outbound = new OutboundRules([IPNetwork.Parse("127.0.0.0/8")], LoopbackInTest: true) };
    public OperatorDesk Desk { get; private set; } = null!;

    /// <summary>The rail whose partner is samples/Rail.</summary>
    public string HttpRail { get; private set; } = "";

    public async ValueTask InitializeAsync()
    {
        await Product.InitializeAsync();
        const string email = "desk@example.test";
        Assert.True((await Product.Services.GetRequiredService<OperatorSessions>().Make(email, "Bima", Given.Workspace.Password)).Ok);
        var browser = new PageClient(Product.Address);
        (await browser.SignIn(email)).Is(HttpStatusCode.Redirect);
        Desk = new OperatorDesk(browser);
        var port = RunningProgram.FreePort();
        var (rail, secrets) = await Desk.SetUp("http", "sample", "live", ("url", $"http://127.0.0.1:{port}"));
        HttpRail = rail;
        await StartPartner(port, secrets);
    }

    /// <summary>A workspace with money in its deposit, through a key of the mode.</summary>
    public async Task<Workspace> Workspace(Mode mode = Mode.Live, long deposit = 10_000_000)
    {
        var w = await Product.Workspace(mode);
        await Deposits.Put(Product.Services.GetRequiredService<Posting>(), w.Book, deposit);
        return w;
    }

    /// <summary>A partner of its own, through which payments of the mode and kinds go from now on.</summary>
    public async Task<PartnerServer> Partner(string mode = "live", params string[] kinds)
    {
        var server = await PartnerServer.Start();
        var (rail, secrets) = await Desk.SetUp("http", $"test{Interlocked.Increment(ref partners)}", mode, ("url", server.Url));
        (server.Secrets, server.CallbackUrl) = (secrets, new Uri(Product.Address, $"/callbacks/rails/{rail}"));
        foreach (var kind in kinds.Length > 0 ? kinds : ["money_transfer"]) await Desk.Route(mode, kind, rail);
        return server;
    }

    /// <summary>What rails call a transfer abroad.</summary>
    public static string AbroadReference(string transfer)
    {
        Assert.True(InternationalTransferId.TryParse(transfer, out var id));
        return id.Value.ToString("N");
    }

    private async Task StartPartner(int port, string[] secrets)
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var program = Path.Combine(Repository.Root, "samples/Rail/bin", configuration, "net10.0/Rail.dll");
        var start = new ProcessStartInfo("dotnet", [program, "--urls", $"http://127.0.0.1:{port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["RAIL_REQUEST_SECRET"] = secrets[0];
        start.Environment["RAIL_CALLBACK_SECRET"] = secrets[1];
        start.Environment["RAIL_CALLBACK_URL"] = new Uri(Product.Address, $"/callbacks/rails/{HttpRail}").ToString();
        partner = Process.Start(start)!;
        _ = partner.StandardOutput.ReadToEndAsync();
        _ = partner.StandardError.ReadToEndAsync();
        for (var i = 0; i < 300; i++)
        {
            try
            {
                await new Client(new Uri($"http://127.0.0.1:{port}"), null).Get("/");
                return;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(100);
            }
        }
        Assert.Fail("samples/Rail does not answer");
    }

    public async ValueTask DisposeAsync()
    {
        if (partner is not null)
        {
            partner.Kill();
            await partner.WaitForExitAsync();
            partner.Dispose();
        }
        await Product.DisposeAsync();
    }
}
