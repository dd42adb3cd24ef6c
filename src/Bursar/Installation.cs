using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Messages;
using Bursar.Platform.Outbound;
using Dapper;

namespace Bursar;

/// <summary>One installation opened for a verb: its database (given or private), its key, its parts.</summary>
public sealed class Installation : IAsyncDisposable
{
    private readonly ServiceProvider services;

    private Installation(Database database, Sealer sealer)
    {
        Database = database;
        services = new ServiceCollection()
            .AddBursar(database, sealer, OutboundRules.Read(firstLook: true), MessageSettings.Read(firstLook: false))
            .BuildServiceProvider();
    }

    public Database Database { get; }

    public IServiceProvider Services => services;

    public T Get<T>() where T : notnull => services.GetRequiredService<T>();

    /// <summary>Connects, starting the private cluster where no BURSAR_DB is set, and migrates.</summary>
    public static async Task<(Database Database, Sealer Sealer, Settings Settings)> Open(bool createKey, CancellationToken ct)
    {
        var settings = Settings.Read();
        Directory.CreateDirectory(settings.Data);
        var connection = settings.Db ?? await PrivateCluster.EnsureStarted(settings.Data, Console.Error, ct);
        var database = new Database(connection);
        await Migrator.Migrate(database.Login, Console.Error, ct);
        return (database, Sealer.Open(settings.KeyPath, createKey), settings);
    }

    public static async Task<int> Use(Func<Installation, Task<int>> verb, CancellationToken ct)
    {
        var (database, sealer, settings) = await Open(createKey: true, ct);
        int code;
        await using (var installation = new Installation(database, sealer)) code = await verb(installation);
        await database.DisposeAsync();
        if (settings.Db is null) await PrivateCluster.StopIfIdle(settings.Data);
        return code;
    }

    /// <summary>The workspace's first Admin, in whose name the command line acts.</summary>
    public async Task<Result<Actor>> FirstAdmin(string workspace, Mode mode)
    {
        if (!WorkspaceId.TryParse(workspace, out var id)) return Errors.Missing();
        await using var connection = await Database.Engine.OpenConnectionAsync();
        var admin = await connection.QueryFirstOrDefaultAsync<(Guid Member, Guid Person, string Name)>("""
            select m.member_id, m.person_id, p.name from members m join persons p on p.person_id = m.person_id
            where m.workspace_id = @id and m.role = 'admin' and m.state = 'active' order by m.created_at limit 1
            """, new { id = id.Value });
        if (admin.Member == Guid.Empty) return Errors.Missing();
        return new Actor(new BookKey(id, mode), PrincipalKind.Member, admin.Member, admin.Member, admin.Person, admin.Name,
            Roles.Allows(Role.Admin), "",
            RequestId.New(Get<TimeProvider>().GetUtcNow()))
        { Proved = Proof.Console };
    }

    public ValueTask DisposeAsync() => services.DisposeAsync();
}
