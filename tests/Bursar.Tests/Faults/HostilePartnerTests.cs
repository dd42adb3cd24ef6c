using System.Net;
using System.Text.Json.Nodes;
using Bursar.Core.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Messages;
using Bursar.Platform.Outbound;
using Bursar.Tests.Given;
using Bursar.Tests.Rails;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace Bursar.Tests.Faults;

/// <summary>
/// Live transfers through a partner that drops answers, answers twice, late, contradictorily and garbled, while Bursar is killed: each is
/// accepted at most once, none is failed without the partner's word, holds are right at every step, what was acknowledged
/// stays, all end as the partner decided.
/// A few seeds each time; 200 with BURSAR_LONG_RUNS.
/// </summary>
public sealed class HostilePartnerTests(ITestOutputHelper output)
{
    private const int TransfersOfSeed = 6, SeedsAtOnce = 10, KillsOfBatch = 2;
    private const long Amount = 50_000;

    [Fact]
    public async Task no_partner_however_hostile_makes_bursar_pay_twice_or_give_money_back_that_was_paid()
    {
        await using var folder = new DataFolder();
        await using var server = await PartnerServer.Start();
        var partner = new HostilePartner(server);
        partner.Listen();
        await using var program = new RunningProgram(folder.Path, RunningProgram.FreePort())
        { Environment = { ["BURSAR_OUTBOUND_ALLOW"] = "127.0.0.0/8" } };
        await program.Start();
        await using var database = new Database(await PrivateCluster.EnsureStarted(folder.Path, TextWriter.Null, CancellationToken.None));
        var (client, workspace) = await Open(program, server, database, folder);
        var first = Environment.TickCount & 0xfffff;
        var seeds = LongRuns.Count(6, 200);
        for (var done = 0; done < seeds; done += SeedsAtOnce)
        {
            var batch = Enumerable.Range(first + done, Math.Min(SeedsAtOnce, seeds - done)).ToList();
            output.WriteLine($"seeds {batch[0]} to {batch[^1]}");
            partner.IsCalm = false;
            var random = new Random(batch[0]);
            var asking = batch.Select(seed => Ask(client, seed)).ToList();
            for (var kill = 0; kill < KillsOfBatch; kill++)
            {
                await Storm(database, workspace, TimeSpan.FromMilliseconds(random.Next(200, 2_500)));
                await program.Kill();
                await HoldsAreRight(database, workspace);
                await WhatWasAcknowledgedIsThere(database, workspace, partner);
                // The leases of a dead process run out.
                await Execute(database, "update outbox set leased_until = null where consumer = 19");
                await program.Start();
            }
            await Task.WhenAll(asking);
            await Storm(database, workspace, TimeSpan.FromMilliseconds(1_500));
            partner.IsCalm = true;
            await Settle(database, workspace);
        }
        await Compare(database, workspace, server, partner);
        Assert.Equal(0, server.Unsigned);
        var (verified, report) = await program.Verb("", "verify");
        Assert.True(verified == 0, report);
        output.WriteLine($"{seeds} seeds, {server.Submissions.Count} orders at the partner, {partner.Lies} contradictions\n{report}");
    }

    private static async Task<(Client Client, Guid Workspace)> Open(
        RunningProgram program, PartnerServer server, Database database, DataFolder folder)
    {
        var (code, made) = await program.Verb(Workspace.Password, "workspace", "create", "--name", "Storm", "--email", "storm@example.test",
            "--password-stdin", "--json");
        Assert.True(code == 0, made);
        Assert.Equal(0, (await program.Verb(Workspace.Password, "operator", "add", "--name", "Bima", "--email", "desk@example.test",
            "--password-stdin")).Code);
        var browser = new PageClient(program.Address);
        (await browser.SignIn("desk@example.test")).Is(HttpStatusCode.Redirect);
        var desk = new OperatorDesk(browser);
        var (rail, secrets) = await desk.SetUp("http", "storm", "live", ("url", server.Url));
        (server.Secrets, server.CallbackUrl) = (secrets, new Uri(program.Address, $"/callbacks/rails/{rail}"));
        await desk.Route("live", "money_transfer", rail);
        Assert.True(WorkspaceId.TryParse(JsonNode.Parse(made)!["workspaceId"]!.GetValue<string>(), out var workspace));
        // Another process of the same installation, whose posting lane alone is used.
        await using var other = Server.Build(database, Sealer.Open(Path.Combine(folder.Path, "key"), create: false),
            new OutboundRules([], LoopbackInTest: false), new MessageSettings(Mailbox: true), "http://127.0.0.1:0");
        await Deposits.Put(other.Services.GetRequiredService<Posting>(), new BookKey(workspace, Mode.Live), 10_000_000_000);
        return (new Client(program.Address, JsonNode.Parse(made)!["liveKey"]!.GetValue<string>()), workspace.Value);
    }

    /// <summary>Asks until each transfer of the seed is acknowledged, over all kills.</summary>
    private static async Task Ask(Client client, int seed)
    {
        var random = new Random(seed);
        for (var n = 0; n < TransfersOfSeed; n++)
        {
            await Task.Delay(random.Next(0, 600));
            for (var tries = 0; ; tries++)
            {
                try
                {
                    var answer = await client.Post("/v1/transfers",
                        new { amount = Amount, bankCode = "bca", accountNumber = "5270997481", remark = $"{seed}-{n}" }, $"{seed}-{n}");
                    if (answer.Status == HttpStatusCode.Created) break;
                    Assert.True((int)answer.Status >= 500 && tries < 300, answer.Body);
                }
                catch (HttpRequestException) when (tries < 300) { /* killed: asked again with the same key */ }
                await Task.Delay(100);
            }
        }
    }

    /// <summary>Lets time pass for what is asked by schedule, and looks at the holds again and again.</summary>
    private static async Task Storm(Database database, Guid workspace, TimeSpan lasts)
    {
        for (var until = Environment.TickCount64 + lasts.TotalMilliseconds; Environment.TickCount64 < until;)
        {
            await Execute(database, "update outbox set due = now() where consumer = 19 and leased_until is null");
            await HoldsAreRight(database, workspace);
            await Task.Delay(100);
        }
    }

    private static async Task Settle(Database database, Guid workspace)
    {
        for (var i = 0; i < 300; i++)
        {
            await Storm(database, workspace, TimeSpan.FromMilliseconds(200));
            if (await Scalar(database, workspace, """
                select count(*) from disbursements where workspace_id = @workspace and state in ('approved', 'executing', 'unknown')
                """) == 0) return;
        }
        Assert.Fail("not everything settled within a minute of calm");
    }

    /// <summary>In one snapshot: what the deposit holds is what is on its way, amount and fee.</summary>
    private static async Task HoldsAreRight(Database database, Guid workspace)
    {
        Assert.Equal(0, await Scalar(database, workspace, """
            select (select debits_pending from accounts where workspace_id = @workspace and mode = 2 and code = @deposit)
                - (select coalesce(sum(amount + fee), 0)::bigint from disbursements
                    where workspace_id = @workspace and mode = 2 and state in ('approved', 'executing', 'unknown'))
            """));
        // What is failed is free, what is paid is gone.
        Assert.Equal(0, await Scalar(database, workspace, """
            select (select debits_posted - credits_posted from accounts where workspace_id = @workspace and mode = 2 and code = @deposit)
                + 10000000000 - (select coalesce(sum(amount + fee), 0)::bigint from disbursements
                    where workspace_id = @workspace and mode = 2 and state = 'succeeded')
            """));
    }

    private static async Task WhatWasAcknowledgedIsThere(Database database, Guid workspace, HostilePartner partner)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        Assert.Empty(await connection.QueryAsync<Guid>("""
            select disbursement_id from disbursements
            where workspace_id = @workspace and disbursement_id = any(@ids) and state in ('approved', 'executing', 'unknown')
            """, new { workspace, ids = partner.AcknowledgedEnds.Select(id => Guid.ParseExact(id, "N")).ToArray() }));
    }

    private async Task Compare(Database database, Guid workspace, PartnerServer server, HostilePartner partner)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        var ended = (await connection.QueryAsync<(Guid Id, string State, string? Reason)>(
            "select disbursement_id, state, failure_reason from disbursements where workspace_id = @workspace", new { workspace })).AsList();
        foreach (var (id, state, reason) in ended)
        {
            var reference = id.ToString("N");
            var decided = partner.Decided.GetValueOrDefault(reference);
            var right = decided switch { "succeeded" => "succeeded", "returned" => "reversed", _ => "failed" };
            Assert.True(state == right, $"{reference} is {state} ({reason}), the partner decided {decided}");
            if (state == "failed")
                Assert.True(partner.HasRefused(reference), $"{reference} failed ({reason}) without the partner's word");
        }
        Assert.All(server.Submissions, s => Assert.True(s.Value == 1, $"{s.Key} was sent {s.Value} times"));
        Assert.Equal(ended.Count, await connection.ExecuteScalarAsync<long>(
            "select count(*) from attempts where workspace_id = @workspace", new { workspace }));
        output.WriteLine(string.Join(", ", ended.GroupBy(e => e.State).Select(g => $"{g.Count()} {g.Key}")));
    }

    private static async Task<long> Scalar(Database database, Guid workspace, string sql)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>(sql, new { workspace, deposit = (short)Bursar.Core.Ledger.AccountCode.Deposit });
    }

    private static async Task Execute(Database database, string sql)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        await connection.ExecuteAsync(sql);
    }
}
