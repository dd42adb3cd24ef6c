using System.Net;
using System.Text.Json.Nodes;
using Bursar.Core.Access;
using Bursar.Core.Signing;
using Bursar.Platform.Books;
using Bursar.Rooms.Spending.Sats;
using Bursar.Tests.Given;
using Microsoft.Extensions.DependencyInjection;

namespace Bursar.Tests.Spending;

/// <summary>Tokens as agents get them and executors use them.</summary>
public sealed class SatTests(Product product)
{
    [Fact]
    public async Task an_allowed_spend_comes_with_a_token_that_says_what_was_allowed()
    {
        var w = await Allowing();
        var asked = (await w.Spend(75_000)).Is(HttpStatusCode.OK);
        var (header, claims) = Parts(asked.Text("sat"));
        Assert.Equal(("ES256", "sat+jwt"), (header["alg"]!.GetValue<string>(), header["typ"]!.GetValue<string>()));
        var spend = (await w.Api.Get($"/v1/spend-requests/{asked.Text("spendRequestId")}")).Json;
        Assert.Equal(w.Book.Workspace.ToString(), claims["workspaceId"]!.GetValue<string>());
        Assert.Equal(("shopper", 75_000, "IDR", "tokopedia.com", "test"),
            (claims["sub"]!.GetValue<string>(), claims["amount"]!.GetValue<long>(),
            claims["currency"]!.GetValue<string>(), claims["merchant"]!.GetValue<string>(), claims["mode"]!.GetValue<string>()));
        Assert.Equal(spend["handleId"]!.GetValue<string>(), claims["aud"]!.GetValue<string>());
        Assert.Equal("sat_" + asked.Text("spendRequestId")[4..], claims["jti"]!.GetValue<string>());
        Assert.Equal(120, claims["exp"]!.GetValue<long>() - claims["iat"]!.GetValue<long>());
        Assert.Single(claims["policyVersions"]!.AsArray());
        Assert.Equal(HttpStatusCode.OK, (await Verify(w, asked.Text("sat"))).Status);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_repeated_request_signs_the_same_token_again_and_stores_none()
    {
        var w = await Allowing();
        var first = (await w.Spend(key: "again")).Is(HttpStatusCode.OK);
        var second = (await w.Spend(key: "again")).Is(HttpStatusCode.OK);
        Assert.Equal("true", second.Headers["Idempotency-Replayed"]);
        Assert.Equal(Parts(first.Text("sat")).Claims.ToJsonString(), Parts(second.Text("sat")).Claims.ToJsonString());
        var (one, other) = (first.Json.AsObject(), second.Json.AsObject());
        one.Remove("sat");
        other.Remove("sat");
        Assert.Equal(one.ToJsonString(), other.ToJsonString());
        await using var connection = await product.Owner.OpenConnectionAsync();
        await using var stored = new Npgsql.NpgsqlCommand("""
            select count(*) from (select response as text from bursar.idempotency where workspace_id = $1
                union all select data from bursar.journal where workspace_id = $1) x where text like '%eyJ%'
            """, connection) { Parameters = { new() { Value = w.Book.Workspace.Value } } };
        Assert.Equal(0L, await stored.ExecuteScalarAsync());
    }

    [Fact]
    public async Task fetching_again_gives_the_same_id_and_a_new_life_to_the_key_that_asked_and_to_nobody_else()
    {
        var w = await Allowing();
        var asked = (await w.Spend()).Is(HttpStatusCode.OK);
        var path = $"/v1/spend-requests/{asked.Text("spendRequestId")}";
        await Older(asked, 50);
        var fetched = (await w.Api.Get(path)).Is(HttpStatusCode.OK);
        var (before, after) = (Parts(asked.Text("sat")).Claims, Parts(fetched.Text("sat")).Claims);
        Assert.Equal(before["jti"]!.GetValue<string>(), after["jti"]!.GetValue<string>());
        Assert.True(after["exp"]!.GetValue<long>() >= before["exp"]!.GetValue<long>());
        Assert.Equal(DateTimeOffset.FromUnixTimeSeconds(after["exp"]!.GetValue<long>()),
            fetched.Json["satExpiresAt"]!.GetValue<DateTimeOffset>());
        foreach (var other in new[] { await w.AdminSession(), await w.Member(Role.Developer),
            new Client(product.Address, await Key(w, "full")) })
            Assert.Null((await other.Get(path)).Is(HttpStatusCode.OK).Json["sat"]);
        // Two seconds before the end there are two seconds left, and after it none.
        await Ends(asked, "interval '2 seconds'");
        var last = Parts((await w.Api.Get(path)).Text("sat")).Claims;
        Assert.InRange(last["exp"]!.GetValue<long>() - last["iat"]!.GetValue<long>(), 1, 2);
        await Ends(asked, "interval '-1 second'");
        Assert.Null((await w.Api.Get(path)).Json["sat"]);
    }

    [Fact]
    public async Task after_an_approval_the_first_fetch_is_what_uses_the_budget()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", requireApprovalOver = 1, dailyLimit = 500_000 });
        var asked = (await w.Spend(400_000)).Is(HttpStatusCode.OK);
        Assert.Null(asked.Json["sat"]);
        var approver = await w.Member(Role.Approver);
        var approval = await approver.Get($"/v1/approvals/{asked.Text("approvalId")}");
        (await approver.Post($"/v1/approvals/{asked.Text("approvalId")}/decision",
            new { verdict = "approve", contentHash = approval.Text("contentHash") })).Is(HttpStatusCode.OK);
        Assert.Equal(("held", 0L), await Budget(asked));
        // Late: twenty hours after it was approved.
        await Ends(asked, "interval '4 hours'");
        var fetched = (await w.Api.Get($"/v1/spend-requests/{asked.Text("spendRequestId")}")).Is(HttpStatusCode.OK);
        Assert.Equal(asked.Text("approvalId"), Parts(fetched.Text("sat")).Claims["approvalId"]!.GetValue<string>());
        Assert.Equal(("used", 1L), await Budget(asked));
        await w.Api.Get($"/v1/spend-requests/{asked.Text("spendRequestId")}");
        Assert.Equal(("used", 1L), await Budget(asked));
        await w.BooksAreRight();

        async Task<(string, long)> Budget(Answer of) => (
            (await Scalar<string>("select state from bursar.usage_holds where disbursement_id = $1", of))!,
                await w.Facts("spend.sat_issued"));
    }

    [Fact]
    public async Task a_token_is_used_up_once_among_sixty_four_at_once_over_two_processes()
    {
        var w = await Allowing();
        var (second, address) = await product.Serve();
        await using var also = second;
        var through = w.Through(address);
        foreach (var _ in Enumerable.Range(0, 5))
        {
            var asked = (await w.Spend(1_000)).Is(HttpStatusCode.OK);
            var answers = await Task.WhenAll(Enumerable.Range(0, 64).Select(n =>
                (n % 2 == 0 ? w.Api : through).Post("/v1/sats/consumption", new { sat = asked.Text("sat") }, key: "")));
            var won = Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
            Assert.Equal(1_000, won.Number("amount"));
            foreach (var lost in answers.Where(a => a != won))
            {
                lost.Refuses("sat_already_used").Is(HttpStatusCode.Conflict);
                Assert.Equal(won.Json["consumedAt"]!.GetValue<DateTimeOffset>(), lost.Json["firstUsedAt"]!.GetValue<DateTimeOffset>());
            }
            var spend = await w.Api.Get($"/v1/spend-requests/{asked.Text("spendRequestId")}");
            Assert.Equal("executing", spend.Text("state"));
            Assert.Null(spend.Json["sat"]);
            Refused(await Verify(w, asked.Text("sat")), "used");
        }
        await w.BooksAreRight();
    }

    [Fact]
    public async Task who_lost_the_answer_gets_it_again_with_the_same_key()
    {
        var w = await Allowing();
        var sat = (await w.Spend()).Text("sat");
        var first = (await w.Api.Post("/v1/sats/consumption", new { sat }, "mine")).Is(HttpStatusCode.OK);
        var again = (await w.Api.Post("/v1/sats/consumption", new { sat }, "mine")).Is(HttpStatusCode.OK);
        Assert.Equal(first.Body, again.Body);
        Assert.Equal("true", again.Headers["Idempotency-Replayed"]);
        (await w.Api.Post("/v1/sats/consumption", new { sat }, "yours")).Refuses("sat_already_used");
    }

    [Fact]
    public async Task what_is_not_approved_frozen_or_over_is_refused_although_the_signature_holds()
    {
        var w = await Allowing();
        var frozen = (await w.Spend(agent: "frozen")).Text("sat");
        await product.Execute("update bursar.agents set frozen_at = now() where workspace_id = $1 and agent_id = 'frozen'",
            w.Book.Workspace.Value);
        Refused(await Verify(w, frozen), "agent_frozen");
        Refused(await Consume(w, frozen), "agent_frozen");
        await product.Execute("update bursar.agents set frozen_at = null where workspace_id = $1", w.Book.Workspace.Value);
        Assert.Equal(HttpStatusCode.OK, (await Verify(w, frozen)).Status);
        await product.Execute(
            "insert into bursar.agents (workspace_id, mode, agent_id, first_seen_at, frozen_at) values ($1, 1, '', now(), now())",
                w.Book.Workspace.Value);
        Refused(await Consume(w, frozen), "agent_frozen");
        await product.Execute("update bursar.agents set frozen_at = null where workspace_id = $1", w.Book.Workspace.Value);

        var over = (await w.Spend()).Is(HttpStatusCode.OK);
        await Ends(over, "interval '-1 second'");
        Refused(await Consume(w, over.Text("sat")), "expired", "not_approved");
        var bound = new Client(product.Address, await Key(w, "spend", "buyer"));
        (await bound.Post("/v1/sats/consumption", new { sat = frozen })).Refuses("permission_denied");
        Assert.Equal(HttpStatusCode.OK, (await Consume(w, frozen)).Status);
        await w.BooksAreRight();
    }

    /// <summary>QUALITY SA5 through the door, with tokens that the product's own key signed where that can be.</summary>
    [Fact]
    public async Task every_forgery_is_refused_with_its_reason_and_a_good_token_still_works()
    {
        var (w, away) = (await Allowing(), await Allowing());
        var asked = (await w.Spend()).Is(HttpStatusCode.OK);
        var sat = asked.Text("sat");
        var key = await product.Services.GetRequiredService<SatKeys>().Signing(Mode.Test);
        var live = await product.Services.GetRequiredService<SatKeys>().Signing(Mode.Live);
        using var strange = Es256Key.New();
        var good = SatClaims.Read(System.Buffers.Text.Base64Url.DecodeFromChars(sat.Split('.')[1]))!;
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string Sign(SatClaims claims) => Jws.Sign(key.Key, key.Header, claims.Write());
        string Named(string kid, Es256Key by) => Jws.Sign(by, Jws.HeaderOf(SatClaims.Type, kid), good.Write());
        SatClaims Timed(long from, long until) => good with { Iat = from, Nbf = from, Exp = until };
        var forgeries = new (string Token, string Reason)[]
        {
            ("", "malformed"), (sat + "=", "malformed"), (sat[..^1] + 'B', "malformed"), (new string('a', 900_000), "too_long"),
            ($"{sat[..sat.LastIndexOf('.')]}.", "malformed"), (Flipped(sat), "wrong_signature"),
            (Named(key.Kid, strange), "wrong_signature"), (Named(strange.Thumbprint, strange), "unknown_key"),
            (Named("../../etc/passwd", key.Key), "unknown_key"), (Named("' or 1=1 --", key.Key), "unknown_key"),
            (Sign(good with { Iss = "https://elsewhere.example" }), "wrong_issuer"),
                (Sign(good with { Aud = new(Guid.CreateVersion7()) }), "wrong_audience"),
            (Sign(good with { WorkspaceId = away.Book.Workspace }), "wrong_workspace"),
                (Sign(good with { Mode = Mode.Live }), "wrong_mode"),
            (Jws.Sign(live.Key, live.Header, good.Write()), "wrong_mode"), (Sign(good with { Amount = good.Amount * 2 }), "wrong_claims"),
            (Sign(good with { Sub = "somebody" }), "wrong_claims"), (Sign(good with { ContentHash = new string('0', 64) }), "wrong_claims"),
            (Sign(good with { SpendRequestId = new(Guid.CreateVersion7()) }), "unknown_request"),
            (Sign(good with { Jti = new(Guid.CreateVersion7()) }), "unknown_request"), (Sign(Timed(now - 181, now - 61)), "expired"),
            (Sign(Timed(now + 62, now + 120)), "not_yet_valid"), (Sign(Timed(now, now + 901)), "wrong_claims"),
                (Sign(good with { Ver = 2 }), "wrong_claims"),
        };
        foreach (var (token, reason) in forgeries)
        {
            Refused(await Verify(w, token), reason);
            Refused(await Consume(w, token), reason);
        }
        Refused(await Verify(away, sat), "wrong_workspace");
        Assert.Equal(HttpStatusCode.OK, (await Verify(w, Sign(Timed(now - 110, now - 50)))).Status);
        Assert.Equal(HttpStatusCode.OK, (await Consume(w, Sign(Timed(now + 50, now + 100)))).Status);
    }

    private static string Flipped(string sat) => sat[..^20] + (sat[^20] == 'A' ? 'B' : 'A') + sat[^19..];

    private async Task<Workspace> Allowing()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", dailyLimit = 100_000_000 });
        return w;
    }

    private async Task<string> Key(Workspace w, string scope, params string[] agentIds)
    {
        var admin = await (await w.AdminSession()).StepUp();
        return (await admin.Post("/v1/api-keys", new { name = "Another", scope, agentIds })).Is(HttpStatusCode.Created).Text("key");
    }

    private static Task<Answer> Verify(Workspace w, string sat) => w.Api.Post("/v1/sats/verification", new { sat });

    private static Task<Answer> Consume(Workspace w, string sat) => w.Api.Post("/v1/sats/consumption", new { sat }, key: "");

    private static void Refused(Answer answer, params string[] reasons)
    {
        answer.Refuses("sat_invalid").Is(HttpStatusCode.UnprocessableEntity);
        Assert.Contains(answer.Text("reason"), reasons);
    }

    public static (JsonNode Header, JsonNode Claims) Parts(string sat)
    {
        var parts = sat.Split('.').Take(2).Select(p => JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(p))!).ToList();
        return (parts[0], parts[1]);
    }

    private static Guid IdOf(Answer asked) =>
        SpendRequestId.TryParse(asked.Text("spendRequestId"), out var id) ? id.Value : throw new InvalidOperationException(asked.Body);

    /// <summary>Lets the authorization end so long from now.</summary>
    private Task Ends(Answer asked, string interval) =>
        product.Execute($"update bursar.disbursements set authorized_until = now() + {interval} where disbursement_id = $1", IdOf(asked));

    private Task Older(Answer asked, int seconds) =>
        product.Execute($"update bursar.disbursements set sat_issued_at = sat_issued_at - interval '{seconds} seconds' where disbursement_id = $1", IdOf(asked));

    private async Task<T?> Scalar<T>(string sql, Answer asked)
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        await using var command = new Npgsql.NpgsqlCommand(sql, connection) { Parameters = { new() { Value = IdOf(asked) } } };
        return (T?)await command.ExecuteScalarAsync();
    }
}
