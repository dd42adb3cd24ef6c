using System.CommandLine;
using System.Text.Json;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Statements;
using Bursar.Platform.Access;
using Bursar.Platform.Audit;
using Bursar.Platform.Data;
using Bursar.Platform.Statements;

namespace Bursar;

/// <summary>The program's verbs (API.md "Starting and inspecting").</summary>
public static class Verbs
{
    private static readonly Option<string> Name = new("--name") { Required = true };
    private static readonly Option<string> Email = new("--email") { Required = true };
    private static readonly Option<string> Workspace = new("--workspace") { Required = true };
    private static readonly Option<bool> PasswordStdin = new("--password-stdin");
    private static readonly Option<bool> AsJson = new("--json");

    public static RootCommand Root()
    {
        var port = new Option<int>("--port") { DefaultValueFactory = _ => 8080 };
        var noDemo = new Option<bool>("--no-demo");
        var up = new Command("up", "a running Bursar with demo data") { port, noDemo };
        up.SetAction((parse, ct) => Serving.Up(parse.GetValue(port), demo: !parse.GetValue(noDemo), ct));
        var serve = new Command("serve", "a running Bursar for production") { port };
        serve.SetAction((parse, ct) => Serving.Serve(parse.GetValue(port), ct));
        var verify = new Command("verify", "checks ledger, budgets, journal and events");
        verify.SetAction((_, ct) => Installation.Use(async i =>
            await new Verify(i.Database, ("signed journal heads hold", c => i.Get<DailyHeads>().Broken(c, ct)))
                .Run(Console.Out) ? 0 : 1, ct));
        var mcp = new Command("mcp", "the tools of agents on stdin and stdout, of the Bursar at BURSAR_URL with the key BURSAR_API_KEY");
        mcp.SetAction((_, ct) => Rooms.Spending.Room.ServeAgents(ct));
        return new RootCommand("Bursar: money in, money out and agent spend under one set of rules")
        {
            up, serve, verify, mcp,
            new Command("workspace", "workspaces") { WorkspaceCreate() },
            new Command("key", "API keys") { KeyCreate() },
            new Command("member", "members") { MemberAdd() },
            new Command("operator", "operators, who let workspaces in") { OperatorAdd() },
            new Command("statement", "bank statements of the receiving accounts") { StatementImport() },
            new Command("sat-key", "keys that sign spend authorization tokens")
            {
                SatKey("list", "shows them"), SatKey("rotate", "makes the next one, which signs in six minutes"),
                SatKey("revoke", "ends one that leaked, at once"),
            },
        };
    }

    private static Command WorkspaceCreate()
    {
        var plan = new Option<string>("--plan") { DefaultValueFactory = _ => "pro" };
        plan.AcceptOnlyFromAmong("free", "pro");
        var command = new Command("create", "makes a workspace with its Admin and a full key for each mode")
        {
            Name, Email, PasswordStdin, AsJson, plan,
        };
        command.SetAction((parse, ct) => Installation.Use(async i =>
        {
            var password = await Password(parse.GetValue(PasswordStdin));
            var email = parse.GetValue(Email)!;
            var admin = email[..Math.Max(1, email.IndexOf('@', StringComparison.Ordinal))];
            var made = await i.Get<WorkspaceSetup>()
                .Create(parse.GetValue(Name)!, email, admin, password, liveActive: true, parse.GetValue(plan)!);
            if (!made.Ok) return Fail(made.Error);
            var keys = new Dictionary<Mode, string>();
            foreach (var mode in new[] { Mode.Test, Mode.Live })
            {
                var key = await i.Get<ApiKeys>()
                    .Create(made.Value.Admin with { Book = new BookKey(made.Value.Workspace, mode) },
                        new NewApiKey("First key", KeyScope.Full, CanWritePolicies: true));
                if (!key.Ok) return Fail(key.Error);
                keys[mode] = key.Value.Key!;
            }
            return Print(new { workspaceId = made.Value.Workspace.ToString(), testKey = keys[Mode.Test], liveKey = keys[Mode.Live] });
        }, ct));
        return command;
    }

    private static Command KeyCreate()
    {
        var mode = new Option<string>("--mode") { DefaultValueFactory = _ => "test" };
        mode.AcceptOnlyFromAmong("test", "live");
        var scope = new Option<string>("--scope") { DefaultValueFactory = _ => "full" };
        scope.AcceptOnlyFromAmong("full", "read", "spend");
        var agent = new Option<string[]>("--agent") { Description = "binds the key to an agent; may be repeated" };
        var command = new Command("create", "makes an API key in the name of the workspace's first Admin")
        {
            Workspace, mode, Name, scope, agent, AsJson,
        };
        command.SetAction((parse, ct) => Installation.Use(async i =>
        {
            var bookMode = parse.GetValue(mode) == "live" ? Mode.Live : Mode.Test;
            var admin = await i.FirstAdmin(parse.GetValue(Workspace)!, bookMode);
            if (!admin.Ok) return Fail(admin.Error);
            var key = await i.Get<ApiKeys>()
                .Create(admin.Value, new NewApiKey(
                    parse.GetValue(Name)!, Json.Parse<KeyScope>(parse.GetValue(scope)!), AgentIds: parse.GetValue(agent)));
            return key.Ok ? Print(new { id = key.Value.Id.ToString(), key = key.Value.Key }) : Fail(key.Error);
        }, ct));
        return command;
    }

    private static Command MemberAdd()
    {
        var role = new Option<string>("--role") { Required = true };
        role.AcceptOnlyFromAmong([.. Enum.GetValues<Role>().Select(r => Json.Name(r))]);
        var command = new Command("add", "adds a member with a password") { Workspace, Email, role, PasswordStdin, AsJson };
        command.SetAction((parse, ct) => Installation.Use(async i =>
        {
            var admin = await i.FirstAdmin(parse.GetValue(Workspace)!, Mode.Test);
            if (!admin.Ok) return Fail(admin.Error);
            var member = new NewMember(parse.GetValue(Email)!, Json.Parse<Role>(parse.GetValue(role)!));
            var added = await i.Get<Invitations>().AddAtOnce(admin.Value, member, await Password(parse.GetValue(PasswordStdin)));
            return added.Ok
                ? Print(new { memberId = added.Value.MemberId.ToString(), role = Json.Name(added.Value.Role) })
                : Fail(added.Error);
        }, ct));
        return command;
    }

    private static Command OperatorAdd()
    {
        var command = new Command("add", "makes an operator with a password; a person who has an account keeps theirs")
        {
            Name, Email, PasswordStdin, AsJson,
        };
        command.SetAction((parse, ct) => Installation.Use(async i =>
        {
            var made = await i.Get<OperatorSessions>()
                .Make(parse.GetValue(Email)!, parse.GetValue(Name)!, await Password(parse.GetValue(PasswordStdin)));
            return made.Ok ? Print(new { email = parse.GetValue(Email) }) : Fail(made.Error);
        }, ct));
        return command;
    }

    private static Command StatementImport()
    {
        var mode = new Option<string>("--mode") { DefaultValueFactory = _ => "live" };
        mode.AcceptOnlyFromAmong("test", "live");
        var account = new Option<string>("--account") { Required = true };
        var format = new Option<string>("--format") { Required = true };
        format.AcceptOnlyFromAmong([.. Enum.GetValues<StatementFormat>().Select(f => Json.Name(f))]);
        var opening = new Option<long?>("--opening") { Description = "in whole rupiah, where the file does not tell" };
        var closing = new Option<long?>("--closing") { Description = "likewise" };
        var path = new Argument<FileInfo>("file");
        path.AcceptExistingOnly();
        var command = new Command("import", "takes a bank's file whole, or says at which line it breaks")
        {
            mode, account, format, opening, closing, path, AsJson,
        };
        command.SetAction((parse, ct) => Installation.Use(async i =>
        {
            var file = parse.GetValue(path)!;
            var request = new ImportStatement.Request(Json.Parse<Mode>(parse.GetValue(mode)!), parse.GetValue(account)!,
                Json.Parse<StatementFormat>(parse.GetValue(format)!), file.Name)
            {
                Opening = parse.GetValue(opening),
                Closing = parse.GetValue(closing),
            };
            await using var content = file.OpenRead();
            var actor = i.Get<House>().Worker(request.Mode) with { Name = "Command line" };
            var done = await i.Get<ImportStatement>().Handle(actor, request, content, file.Length);
            if (!done.Ok) return Fail(done.Error);
            Console.WriteLine(Json.Write(done.Value));
            return 0;
        }, ct));
        return command;
    }

    private static Command SatKey(string act, string says)
    {
        var mode = new Option<string>("--mode") { DefaultValueFactory = _ => "test" };
        mode.AcceptOnlyFromAmong("test", "live");
        var kid = new Option<string>("--kid") { Required = true };
        var command = act == "revoke" ? new Command(act, says) { mode, kid, AsJson } : new Command(act, says) { mode, AsJson };
        command.SetAction((parse, ct) => Installation.Use(async i =>
        {
            var keys = await Rooms.Spending.Room.SatKeys(
                i.Services, act, Json.Parse<Mode>(parse.GetValue(mode)!), act == "revoke" ? parse.GetValue(kid) : null);
            if (!keys.Ok) return Fail(keys.Error);
            Console.WriteLine(Json.Write(keys.Value));
            return 0;
        }, ct));
        return command;
    }

    private static async Task<string> Password(bool stdin)
    {
        if (!stdin) await Console.Error.WriteAsync("password: ");
        return (await Console.In.ReadLineAsync())?.TrimEnd('\r') ?? "";
    }

    private static int Print(object value)
    {
        Console.WriteLine(JsonSerializer.Serialize(value));
        return 0;
    }

    private static int Fail(Error error)
    {
        Console.Error.WriteLine($"bursar: {error.Detail}");
        return 1;
    }
}
