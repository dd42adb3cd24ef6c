using System.Net;
using Bursar.Core.Access;
using Bursar.Platform.Audit;
using Bursar.Platform.Data;
using Bursar.Platform.Files;
using Bursar.Rooms.Payouts.Transfers;
using Bursar.Tests.Given;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Bursar.Tests.Rooms;

/// <summary>The journal as audit: what joins it, who may see it, and that nothing of it can be changed unseen.</summary>
public sealed class AuditTests(Product product)
{
    private const string Old = "1 year";

    [Fact]
    public async Task a_refused_try_joins_the_journal_within_a_second()
    {
        var w = await product.Workspace();
        var maker = await w.Member(Role.Maker);
        var refused = (await maker.Post("/v1/policies", new { name = "mine" })).Refuses("permission_denied");
        (await maker.Get("/test/team")).Is(HttpStatusCode.Forbidden);
        var asked = DateTimeOffset.UtcNow;
        var admin = await w.AdminSession();
        var (api, page) = (await Entry(admin, "access", "/v1/policies"), await Entry(admin, "access", "/test/team"));
        Assert.Equal("write_policies", api["data"]!["missingPermission"]!.GetValue<string>());
        Assert.Equal(refused.Text("requestId"), api["requestId"]!.GetValue<string>());
        Assert.Equal("manage_members", page["data"]!["missingPermission"]!.GetValue<string>());
        Assert.Equal(maker.MemberId, page["actor"]!["id"]!.GetValue<string>());
        Assert.Equal("127.0.0.1", page["peer"]!.GetValue<string>());
        Assert.InRange(page["at"]!.GetValue<DateTimeOffset>() - asked, TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task the_same_refusal_again_and_again_is_counted_not_repeated()
    {
        var w = await product.Workspace();
        var maker = await w.Member(Role.Maker);
        var before = await Position(w);
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => maker.Get("/v1/members")));
        var admin = await w.AdminSession();
        await Entry(admin, "access", "/v1/members");
        await Task.Delay(TimeSpan.FromSeconds(1.2));
        var entries = (await admin.Get("/v1/audit?type=access&search=/v1/members")).Json["data"]!.AsArray();
        Assert.Equal(100, entries.Sum(e => e!["data"]!["times"]!.GetValue<long>()));
        Assert.True(await Position(w) - before < 20);
    }

    [Fact]
    public async Task reads_of_secrets_are_in_the_journal_before_the_secret_is_out()
    {
        var w = await product.Workspace();
        var developer = await w.Member(Role.Developer);
        var keys = (await developer.Get("/v1/api-keys")).Is(HttpStatusCode.OK);
        Assert.Equal(w.Key, keys.Json["data"]![0]!["key"]!.GetValue<string>());
        await developer.Get("/v1/validation-token");
        (await developer.Get("/v1/validation-token")).Is(HttpStatusCode.OK);
        (await developer.Get("/test/developers/reference")).Is(HttpStatusCode.OK);
        var admin = await w.AdminSession();
        var shown = (await admin.Get("/v1/audit?type=key")).Json["data"]!.AsArray()
            .Where(e => e!["type"]!.GetValue<string>() == "key.shown").ToList();
        Assert.Equal(2, shown.Count);
        Assert.All(shown, e => Assert.Equal(developer.MemberId, e!["actor"]!["id"]!.GetValue<string>()));
        var tokens = (await admin.Get("/v1/audit?type=validation_token")).Json["data"]!.AsArray();
        Assert.Contains(tokens, e => e!["type"]!.GetValue<string>() == "validation_token.shown");
        Assert.DoesNotContain(w.Key, (await admin.Get("/v1/audit")).Body);
    }

    [Fact]
    public async Task customer_service_sees_seven_days_and_reaches_older_rows_only_by_an_audited_search()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var (old, recent) = ((await w.Transfer(20_000, "5270991111")).Text("id"), (await w.Transfer(30_000, "5270992222")).Text("id"));
        await w.Settled();
        await Age(w, old);
        var service = await w.Member(Role.CustomerService);
        Assert.Equal([recent], Ids(await service.Get("/v1/transfers")));
        Assert.Equal([recent], Ids(await service.Get("/v1/transfers?state=succeeded&createdFrom=2000-01-01")));
        Assert.DoesNotContain("5270991111", (await service.Get("/test/transfers")).Body);
        Assert.Empty((await service.Get("/v1/top-ups")).Json["data"]!.AsArray());
        Assert.Equal([old], Ids(await service.Get("/v1/transfers?search=5270991111")));
        Assert.Equal([old], Ids(await service.Get($"/v1/transfers?search={old}")));
        Assert.Contains("5270991111", (await service.Get("/test/transfers?search=5270991111")).Body);
        (await service.Get($"/v1/transfers/{old}")).Is(HttpStatusCode.OK);
        (await service.Get($"/v1/transfers/{recent}")).Is(HttpStatusCode.OK);
        var refused = (await service.Get("/test/transfers/report.csv")).Is(HttpStatusCode.Forbidden);
        Assert.Contains("download_reports", refused.Body);
        Assert.Equal("view_all_history", (await service.Get("/v1/events")).Refuses("permission_denied").Text("missingPermission"));

        var admin = await w.AdminSession();
        var searches = (await admin.Get("/v1/audit?type=history")).Json["data"]!.AsArray().Select(e => e!["data"]!.ToJsonString()).ToList();
        Assert.Equal(
            [$$"""{"id":"{{old}}"}""", """{"search":"5270991111"}""", $$"""{"search":"{{old}}"}""", """{"search":"5270991111"}"""],
            searches);
    }

    [Fact]
    public async Task a_report_is_in_the_journal_and_reads_one_moment()
    {
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var waiting = (await w.Transfer(20_000, "5270990006")).Text("id");
        await w.Settled("executing", "unknown");
        var reviewer = await w.Member(Role.Reviewer);
        var csv = (await reviewer.Get("/test/transfers/report.csv?search=5270990006")).Is(HttpStatusCode.OK);
        Assert.Contains(waiting, csv.Body);
        var admin = await w.AdminSession();
        var made = await Entry(admin, "export", "search=5270990006");
        Assert.Equal(reviewer.MemberId, made["actor"]!["id"]!.GetValue<string>());

        // While the file is read, the transfer changes: the file still shows the moment at which it began.
        var exports = product.Services.GetRequiredService<Exports>();
        var begun = await exports.Begin(w.Admin, Permission.DownloadReports, "transfers", "", CancellationToken.None);
        await using var snapshot = begun.Value;
        (await w.Api.Post($"/v1/test/disbursements/{waiting}/outcome", new { outcome = "succeeded" })).Is(HttpStatusCode.OK);
        var rows = new List<Transfer>();
        await foreach (var row in product.Services.GetRequiredService<TransferReads>().All(snapshot, w.Admin, new TransferQuery()))
            rows.Add(row);
        Assert.NotEqual(Platform.MoneyOut.DisbursementState.Succeeded, Assert.Single(rows).State);
        Assert.Equal("succeeded", (await w.Api.Get($"/v1/transfers/{waiting}")).Text("state"));
    }

    [Fact]
    public async Task shows_who_did_what_before_and_after_and_verifies()
    {
        var w = await product.Workspace();
        var admin = await w.AdminSession();
        var policy = (await w.Api.Post("/v1/policies", new { name = "Before it" })).Is(HttpStatusCode.Created).Text("id");
        (await w.Api.Patch($"/v1/policies/{policy}", new { name = "After it" })).Is(HttpStatusCode.OK);
        var entries = (await admin.Get($"/v1/audit?search={policy}")).Json["data"]!.AsArray();
        Assert.Equal(["policy.changed", "policy.created"], entries.Select(e => e!["type"]!.GetValue<string>()));
        var page = (await admin.Get($"/test/settings/audit?search={policy}&id={entries[0]!["position"]}")).Is(HttpStatusCode.OK);
        Assert.Contains("Before it", page.Body);
        Assert.Contains("After it", page.Body);
        var proof = (await admin.Get("/v1/audit/verification")).Is(HttpStatusCode.OK);
        Assert.True(proof.Json["ok"]!.GetValue<bool>());
        Assert.Equal(await Position(w), proof.Number("entries"));
        var csv = (await admin.Get("/test/settings/audit/report.csv")).Is(HttpStatusCode.OK);
        Assert.Contains("policy.changed", csv.Body);
        Assert.Equal("account_settings", (await w.Api.Get("/v1/audit")).Refuses("permission_denied").Text("missingPermission"));
    }

    /// <summary>Whoever rewrites history with every hash made anew passes the chain; the signed head of the day before tells.</summary>
    [Theory]
    [InlineData("update journal set data = '{}' where workspace_id = @w and mode = 1 and position = 2")]
    [InlineData("delete from journal where workspace_id = @w and mode = 1 and position = "
        + "(select max(position) from journal where workspace_id = @w and mode = 1)")]
    [InlineData("update journal set actor_name = 'Somebody Else' where workspace_id = @w and mode = 1")]
    public async Task a_history_written_anew_is_found_by_the_signed_heads(string forgery)
    {
        var w = await product.Workspace();
        await w.Api.Post("/v1/policies", new { name = "one" });
        await w.Api.Post("/v1/policies", new { name = "two" });
        var heads = product.Services.GetRequiredService<DailyHeads>();
        Assert.True(await heads.Sign(DateTimeOffset.UtcNow.AddDays(1), CancellationToken.None) > 0);
        Assert.Equal(0, await heads.Sign(DateTimeOffset.UtcNow.AddDays(1), CancellationToken.None));
        // What an auditor keeps: text, signature and public key check out without Bursar.
        var kept = (await (await w.AdminSession()).Get("/v1/audit/verification")).Json["signed"]!;
        using var key = System.Security.Cryptography.ECDsa.Create();
        key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(kept["publicKey"]!.GetValue<string>()), out _);
        Assert.True(key.VerifyData(System.Text.Encoding.ASCII.GetBytes(kept["text"]!.GetValue<string>()),
            Convert.FromBase64String(kept["signature"]!.GetValue<string>()), System.Security.Cryptography.HashAlgorithmName.SHA256,
            System.Security.Cryptography.DSASignatureFormat.Rfc3279DerSequence));
        Assert.Contains(kept["head"]!.GetValue<string>(), kept["text"]!.GetValue<string>());
        await using var owner = await product.Owner.OpenConnectionAsync();
        Assert.Equal(0, await heads.Broken(owner));

        await using var transaction = await owner.BeginTransactionAsync();
        await owner.ExecuteAsync(forgery, new { w = w.Book.Workspace.Value });
        await Rechain(owner, w);
        var report = new StringWriter();
        await Verify.Run(owner, report);
        Assert.Contains("ok    journal hashes chain to the head", report.ToString());
        Assert.True(await heads.Broken(owner) > 0);
        await transaction.RollbackAsync();
    }

    [Theory]
    [InlineData("delete from journal_heads where workspace_id = @w and mode = 1 "
        + "and day = (select min(day) from journal_heads where workspace_id = @w)")]
    [InlineData("update journal_heads set position = position - 1 where workspace_id = @w and mode = 1")]
    [InlineData("update journal_heads set signature = set_byte(signature, 20, (get_byte(signature, 20) + 1) % 256) "
        + "where workspace_id = @w and mode = 2")]
    public async Task a_signed_head_that_was_touched_is_found(string sql)
    {
        var w = await product.Workspace();
        var heads = product.Services.GetRequiredService<DailyHeads>();
        await heads.Sign(DateTimeOffset.UtcNow.AddDays(1), CancellationToken.None);
        await using var owner = await product.Owner.OpenConnectionAsync();
        await using var transaction = await owner.BeginTransactionAsync();
        // A later day, signed too, so that the first head has a successor.
        await owner.ExecuteAsync(
            "update books set last_booked_at = last_booked_at + interval '2 days' where workspace_id = @w",
            new { w = w.Book.Workspace.Value });
        await transaction.CommitAsync();
        await w.Api.Post("/v1/policies", new { name = "two days on" });
        await heads.Sign(DateTimeOffset.UtcNow.AddDays(3), CancellationToken.None);
        Assert.Equal(0, await heads.Broken(owner));
        await using var touched = await owner.BeginTransactionAsync();
        await owner.ExecuteAsync(sql, new { w = w.Book.Workspace.Value });
        Assert.True(await heads.Broken(owner) > 0);
        await touched.RollbackAsync();
    }

    [Fact]
    public async Task every_one_of_many_random_tampers_is_found()
    {
        var w = await (await product.Workspace()).WithDeposit(500_000);
        for (var i = 0; i < 6; i++) await w.Transfer(20_000 + i);
        await w.Settled();
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        var last = await Position(w);
        await using var owner = await product.Owner.OpenConnectionAsync();
        for (var i = 0; i < LongRuns.Count(small: 60, full: 1_000); i++)
        {
            var (at, other) = (random.NextInt64(1, last + 1), random.NextInt64(1, last + 1));
            var column = new[] { "data", "actor_name", "peer", "type" }[random.Next(4)];
            var sql = random.Next(6) switch
            {
                0 => $"update journal set {column} = {column} || 'x' where workspace_id = @w and mode = 1 and position = @at",
                1 => "update journal set booked_at = booked_at + interval '1 microsecond' "
                    + "where workspace_id = @w and mode = 1 and position = @at",
                2 => "delete from journal where workspace_id = @w and mode = 1 and position = @at",
                3 => "delete from journal where workspace_id = @w and mode = 1 and position >= @at",
                4 => "update journal set principal = gen_random_uuid() where workspace_id = @w and mode = 1 and position = @at",
                _ => at == other ? "update journal set public = not public where workspace_id = @w and mode = 1 and position = @at"
                    : """
                      update journal set position = -position where workspace_id = @w and mode = 1 and position in (@at, @other);
                      update journal set position = case when position = -@at then @other else @at end
                      where workspace_id = @w and mode = 1 and position < 0
                      """,
            };
            await using var transaction = await owner.BeginTransactionAsync();
            await owner.ExecuteAsync(sql, new { w = w.Book.Workspace.Value, at, other });
            var report = new StringWriter();
            Assert.False(await Verify.Run(owner, report), $"seed {seed}, round {i}, entry {at}/{other}: {sql}");
            await transaction.RollbackAsync();
        }
        await w.BooksAreRight();
    }

    private static string[] Ids(Answer list) =>
        [.. list.Is(HttpStatusCode.OK).Json["data"]!.AsArray().Select(t => t!["id"]!.GetValue<string>())];

    private static async Task<System.Text.Json.Nodes.JsonNode> Entry(Client admin, string type, string search)
    {
        for (var i = 0; i < 100; i++)
        {
            var found = (await admin.Get($"/v1/audit?type={type}&search={Uri.EscapeDataString(search)}"))
                .Is(HttpStatusCode.OK).Json["data"]!.AsArray();
            if (found.Count > 0) return found[0]!;
            await Task.Delay(50);
        }
        throw new Xunit.Sdk.XunitException($"no {type} entry about {search} after 5 s");
    }

    private async Task<long> Position(Workspace w)
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>(
            "select journal_position from books where workspace_id = @w and mode = 1", new { w = w.Book.Workspace.Value });
    }

    /// <summary>Moves a transfer and the top-up before it into the past, as only time could.</summary>
    private async Task Age(Workspace w, string transfer)
    {
        Assert.True(TransferId.TryParse(transfer, out var id));
        await using var connection = await product.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync($"""
            update disbursements set created_at = created_at - interval '{Old}' where workspace_id = @w and disbursement_id = @id;
            update collections set created_at = created_at - interval '{Old}' where workspace_id = @w
            """, new { w = w.Book.Workspace.Value, id = id.Value });
    }

    /// <summary>
    /// What a forger with the database but without the key file can do: every hash made anew, and the book's head with them.
    /// </summary>
    private static Task Rechain(NpgsqlConnection owner, Workspace w) => owner.ExecuteAsync($"""
        do $$
        declare
            w constant uuid := '{w.Book.Workspace.Value}';
            h bytea := decode(repeat('00', 32), 'hex');
            r journal;
        begin
            for r in select * from journal where workspace_id = w and mode = 1 order by position loop
                h := journal_hash(h, r);
                update journal set hash = h where workspace_id = w and mode = 1 and position = r.position;
            end loop;
            update books set journal_head = h, journal_position = (select max(position) from journal where workspace_id = w and mode = 1)
            where workspace_id = w and mode = 1;
        end $$
        """);
}
