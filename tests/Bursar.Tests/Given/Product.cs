using Bursar.Core.Access;
using Bursar.Core.Rails;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Messages;
using Bursar.Platform.Outbound;
using Bursar.Rails.Simulator;
using Dapper;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Xunit;

[assembly: AssemblyFixture(typeof(Bursar.Tests.Given.Product))]

namespace Bursar.Tests.Given;

/// <summary>The real product: a private PostgreSQL in a folder of its own, migrated, serving on a real port.</summary>
public sealed class Product : IAsyncLifetime
{
    private readonly DataFolder folder = new();
    private WebApplication app = null!;

    public Database Database { get; private set; } = null!;

    /// <summary>Looks at the tables past every rule, for many tests at once.</summary>
    public NpgsqlDataSource Owner { get; private set; } = null!;

    public Uri Address { get; private set; } = null!;
    public IServiceProvider Services => app.Services;

    /// <summary>How its messages leave; what stands in for the simulator. A test that changes one has a product of its own.</summary>
    public MessageSettings Messages { get; init; } = new(Mailbox: true);
    public IPayoutRail? Simulator { get; init; }

    /// <summary>What it may call; a test that needs more than loopback in test mode has a product of its own.</summary>
    public OutboundRules Outbound { get; init; } = new([], LoopbackInTest: true);

    public async ValueTask InitializeAsync()
    {
        var connection = await PrivateCluster.EnsureStarted(folder.Path, TextWriter.Null, CancellationToken.None);
        Database = new Database(connection);
        Owner = NpgsqlDataSource.Create(new NpgsqlConnectionStringBuilder(connection)
        {
            MaxPoolSize = 16,
            NoResetOnClose = true,
            SearchPath = "bursar,pg_temp",
        });
        await Migrator.Migrate(Database.Login, TextWriter.Null, CancellationToken.None);
        (app, Address) = await Serve();
    }

    /// <summary>One more process-worth of the product on the same database.</summary>
    public async Task<(WebApplication App, Uri Address)> Serve(
        MessageSettings? messages = null, OutboundRules? outbound = null, TrustedProxies? proxies = null)
    {
        var sealer = Sealer.Open(Path.Combine(folder.Path, "key"), create: true);
        var parts = Server.Parts(
            Database, sealer, outbound ?? Outbound,
            messages ?? Messages, "http://127.0.0.1:0");
        if (Simulator is { } rail)
        {
            parts.Services.Remove(parts.Services.Single(s => s.ImplementationType == typeof(SimulatorRail)));
            parts.Services.AddSingleton(rail);
        }
        var serving = Server.Pipeline(parts, proxies);
        await serving.StartAsync();
        var address = serving.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return (serving, new Uri(address));
    }

    /// <summary>A workspace of its own, with a full key made by its Admin.</summary>
    public async Task<Workspace> Workspace(Mode mode = Mode.Test)
    {
        var name = $"w{Guid.CreateVersion7():N}";
        var made = await Services.GetRequiredService<WorkspaceSetup>().Create(
            name, $"{name}@example.test", "Ada Admin", Given.Workspace.Password,
            liveActive: true, "pro");
        var admin = made.Value.Admin with { Book = new BookKey(made.Value.Workspace, mode) };
        var key = await Services.GetRequiredService<ApiKeys>().Create(
            admin, new NewApiKey("Test key", KeyScope.Full, CanWritePolicies: true));
        return new Workspace(this, admin, key.Value.Key!);
    }

    public async Task<Guid> PersonOf(string email)
    {
        await using var connection = await Owner.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<Guid>("select person_id from bursar.persons where email = @email", new { email });
    }

    /// <summary>Lets time pass for rows that only time changes; <c>$1</c> is the id.</summary>
    public async Task Execute(string sql, Guid id)
    {
        await using var connection = await Owner.OpenConnectionAsync();
        await using var command = new NpgsqlCommand(sql, connection) { Parameters = { new() { Value = id } } };
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>What was sent to the address, newest first, as it was written.</summary>
    public async Task<IReadOnlyList<string>> MessagesTo(string address)
    {
        await using var connection = await Database.Engine.OpenConnectionAsync();
        var sealedTexts = await connection.QueryAsync<string>(
            "select content from messages where recipient = @address order by created_at desc, message_id desc",
            new { address });
        return [.. sealedTexts.Select(Services.GetRequiredService<Sealer>().Unseal)];
    }

    /// <summary>The secret of the newest invitation that was mailed to an address.</summary>
    public async Task<string> InvitationTo(string email)
    {
        var mails = await Services.GetRequiredService<MessageQueue>().Mailbox(email);
        var mail = mails.First(m => m.Text.Contains("/invite/", StringComparison.Ordinal));
        return System.Text.RegularExpressions.Regex.Match(mail.Text, @"/invite/([\w-]{43})\s").Groups[1].Value;
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync();
        await app.DisposeAsync();
        await Owner.DisposeAsync();
        await Database.DisposeAsync();
        await folder.DisposeAsync();
    }
}
