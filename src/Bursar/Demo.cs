using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar;

/// <summary>The demo workspace of <c>up</c>, made once: a small company with a person in each role, all with the same password.</summary>
public static class Demo
{
    private const string Password = "kopi-nusantara-2026";

    private static readonly (string Email, string Name, Role Role)[] People =
    [
        ("approver@demo.test", "Nina Kartika", Role.Approver), ("maker@demo.test", "Adi Nugroho", Role.Maker),
        ("reviewer@demo.test", "Rani Putri", Role.Reviewer), ("deposit@demo.test", "Dimas Prasetyo", Role.DepositAdmin),
        ("executor@demo.test", "Eka Saputra", Role.Executor), ("developer@demo.test", "Vino Wijaya", Role.Developer),
        ("cs@demo.test", "Citra Lestari", Role.CustomerService),
    ];

    public static async Task Ensure(IServiceProvider services, TextWriter output)
    {
        await using (var connection = await services.GetRequiredService<Database>().Engine.OpenConnectionAsync())
            if (await connection.ExecuteScalarAsync<long>("select count(*) from persons where email = 'admin@demo.test'") > 0) return;
        var made = await services.GetRequiredService<WorkspaceSetup>()
            .Create("PT Nusantara Kopi", "admin@demo.test", "Sari Wibowo", Password, liveActive: false, "pro");
        Invariant.Hold(made.Ok);
        foreach (var (email, name, role) in People)
            Invariant.Hold((await services.GetRequiredService<Invitations>()
                .AddAtOnce(made.Value.Admin, new NewMember(email, role, name), Password)).Ok);
        Invariant.Hold((await services.GetRequiredService<OperatorSessions>().Make("operator@demo.test", "Bima Santoso", Password)).Ok);
        await Rooms.Deposits.Room.MakeDemo(services, made.Value.Admin);
        var key = await Key(services, made.Value.Admin);
        await Rooms.Payouts.Room.MakeDemo(services, key);
        await Rooms.Spending.Room.MakeDemo(services, made.Value.Admin, key);
        await output.WriteLineAsync(
            "demo: sign in as admin@demo.test, maker@demo.test, approver@demo.test or "
            + $"operator@demo.test, password {Password}");
    }

    private static async Task<Actor> Key(IServiceProvider services, Actor admin)
    {
        var made = await services.GetRequiredService<ApiKeys>().Create(admin, new NewApiKey("Demo key", KeyScope.Full));
        var key = (await services.GetRequiredService<KeyDirectory>()
            .Find(Core.Signing.ApiKeySecret.Hash(made.Value.Key!), "", cached: false))!;
        return admin with
        {
            Kind = PrincipalKind.ApiKey,
            Principal = key.Principal,
            Credential = key.Id,
            Name = key.Name,
            Permissions = key.Permissions,
        };
    }
}
