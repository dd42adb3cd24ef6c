using System.Collections.Concurrent;
using System.Net;
using Bursar.Core.Access;
using Bursar.Core.Signing;
using Bursar.Rooms.Spending.Sats;
using Bursar.Sdk;
using Bursar.Tests.Given;
using Dapper;
using Microsoft.Extensions.DependencyInjection;

namespace Bursar.Tests.Spending;

/// <summary>
/// Signing keys over their whole life, on an installation of their own: they are everybody's. Time is not waited for but moved: the
/// schedule of the keys goes back by what would have passed.
/// </summary>
public sealed class SatKeyTests : IAsyncLifetime
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(2.5);
    private readonly Product product = new();

    public ValueTask InitializeAsync() => product.InitializeAsync();

    public ValueTask DisposeAsync() => product.DisposeAsync();

    private SatKeyChanges Changes => product.Services.GetRequiredService<SatKeyChanges>();

    public enum Library { Jose, BursarSdk }

    /// <summary>QUALITY SA6: agents ask, executors verify with published keys alone, and meanwhile the key changes.</summary>
    [Theory, InlineData(Library.Jose), InlineData(Library.BursarSdk)]
    public async Task a_rotation_under_load_leaves_no_token_unverifiable(Library library)
    {
        var w = await Allowing();
        var handle = (await w.Api.Get($"/v1/spend-requests/{(await w.Spend(1)).Text("spendRequestId")}")).Text("handleId");
        await using var jose = await JoseVerifier.Start(product.Address, handle);
        using var sdk = new SatVerifier(handle, new SatVerifierOptions { Address = product.Address });
        var seen = new ConcurrentDictionary<string, string>();
        using var stop = new CancellationTokenSource();
        async Task Ask()
        {
            while (!stop.IsCancellationRequested)
            {
                var sat = (await w.Spend(1)).Is(HttpStatusCode.OK).Text("sat");
                seen[sat] = Kid(sat);
                await Check(sat);
            }
        }
        async Task Check(string sat)
        {
            if (library == Library.Jose) Assert.Equal(Kid(sat), await jose.Verify(sat));
            else Assert.Equal(1, (await sdk.Verify(sat)).Amount);
        }

        var load = Enumerable.Range(0, 4).Select(_ => Ask()).ToArray();
        try
        {
            await Reaches(() => seen.Count > 50);
            var next = (await Changes.Rotate(Mode.Test))[0].Kid;
            var before = await Changes.Rotate(Mode.Test);
            Assert.Equal(SatKeyState.Upcoming, before[0].StateAt(DateTimeOffset.UtcNow));
            Assert.True(before[0].SignsFrom - before[0].CreatedAt >= TimeSpan.FromMinutes(5));
            await Task.Delay(Poll);
            Assert.DoesNotContain(next, seen.Values);
            Assert.Equal(["upcoming", "active"], await States());
            await Later(SatKeyChanges.Lead);
            await Reaches(() => seen.Values.Count(kid => kid == next) > 100);
            Assert.Equal(["active", "retired"], await States());
        }
        finally
        {
            await stop.CancelAsync();
        }
        await Task.WhenAll(load);
        Assert.Equal(2, seen.Values.Distinct().Count());
        // The first token of all was signed by the key that is retired now.
        foreach (var sat in seen.GroupBy(s => s.Value).SelectMany(g => g.Take(5)))
        {
            await Check(sat.Key);
            (await w.Api.Post("/v1/sats/verification", new { sat = sat.Key })).Is(HttpStatusCode.OK);
        }
        var old = (await Changes.Ensure(Mode.Test))[^1];
        Assert.True(old.PublishedUntil - old.SignsUntil >= TimeSpan.FromSeconds(Core.Signing.SatClaims.LifeSecondsMax) + TimeSpan.FromMinutes(10));
        await Later(SatKeyChanges.Overlap);
        await Task.Delay(Poll);
        Assert.Equal(["active"], await States());
    }

    /// <summary>QUALITY SA7: nothing that a leaked key signed is taken any more, in any process, and agents go on with another.</summary>
    [Fact]
    public async Task a_revoked_key_fails_all_its_tokens_within_a_poll_in_every_process()
    {
        var w = await Allowing();
        var (second, address) = await product.Serve();
        await using var also = second;
        var asked = (await w.Spend()).Is(HttpStatusCode.OK);
        var leaked = asked.Text("sat");
        foreach (var through in new[] { w.Api, w.Through(address) })
            (await through.Post("/v1/sats/verification", new { sat = leaked })).Is(HttpStatusCode.OK);
        Assert.True((await Changes.Revoke(Mode.Test, Kid(leaked))).Ok);
        Assert.False((await Changes.Revoke(Mode.Test, Kid(leaked))).Ok);
        await Task.Delay(Poll);
        foreach (var through in new[] { w.Api, w.Through(address) })
        {
            var refused = (await through.Post("/v1/sats/consumption", new { sat = leaked })).Refuses("sat_invalid");
            Assert.Equal("revoked_key", refused.Text("reason"));
        }
        var again = (await w.Api.Get($"/v1/spend-requests/{asked.Text("spendRequestId")}")).Text("sat");
        Assert.NotEqual(Kid(leaked), Kid(again));
        Assert.Equal(["active"], await States());
        (await w.Through(address).Post("/v1/sats/consumption", new { sat = again })).Is(HttpStatusCode.OK);
        await Task.Delay(Poll);
        // One that was to follow follows at once.
        var next = (await Changes.Rotate(Mode.Test))[0].Kid;
        Assert.Equal(next, (await Changes.Revoke(Mode.Test, Kid(again))).Value.Single(k =>
            k.StateAt(DateTimeOffset.UtcNow) == SatKeyState.Active).Kid);
    }

    [Fact]
    public async Task processes_that_start_together_make_one_key_and_only_an_old_one_is_followed()
    {
        var (second, _) = await product.Serve();
        await using var also = second;
        var kids = await Task.WhenAll(Enumerable.Range(0, 16).Select(async n =>
            (await (n % 2 == 0 ? product.Services : second.Services).GetRequiredService<SatKeys>().Signing(Mode.Live)).Kid));
        Assert.Single(kids.Distinct());
        Assert.Single(await Changes.Rotate(Mode.Live, TimeSpan.FromDays(90)));
        await Later(TimeSpan.FromDays(91));
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Changes.Rotate(Mode.Live, TimeSpan.FromDays(90))));
        Assert.Equal(2, (await Changes.Rotate(Mode.Live, TimeSpan.FromDays(90))).Count);
    }

    [Fact]
    public async Task the_set_may_be_cached_shows_no_private_part_and_both_modes()
    {
        var set = (await new Client(product.Address, null).Get("/.well-known/jwks.json")).Is(HttpStatusCode.OK);
        Assert.Equal("public, max-age=60", set.Headers["Cache-Control"]);
        Assert.Equal("bursar", set.Text("issuer"));
        Assert.Equal(["test", "live"], set.Json["keys"]!.AsArray().Select(k => k!["mode"]!.GetValue<string>()));
        foreach (var key in set.Json["keys"]!.AsArray())
            Assert.Equal(["alg", "created", "crv", "kid", "kty", "mode", "state", "use", "x", "y"],
                key!.AsObject().Select(m => m.Key).Order());
        await using var app = await product.Database.App.OpenConnectionAsync();
        Assert.Equal("42501", (await Assert.ThrowsAsync<Npgsql.PostgresException>(() =>
            app.ExecuteAsync("select * from sat_keys"))).SqlState);
    }

    private async Task<Workspace> Allowing()
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", dailyLimit = 100_000_000 });
        return w;
    }

    private async Task<IEnumerable<string>> States() =>
        (await new Client(product.Address, null).Get("/.well-known/jwks.json")).Json["keys"]!.AsArray()
        .Where(k => k!["mode"]!.GetValue<string>() == "test").Select(k => k!["state"]!.GetValue<string>());

    private async Task Later(TimeSpan passed)
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            update bursar.sat_keys set created_at = created_at - @passed, signs_from = signs_from - @passed,
                signs_until = signs_until - @passed,
                published_until = published_until - @passed
            """, new { passed });
    }

    private static string Kid(string sat)
    {
        Assert.Null(Jws.Read(sat, Core.Signing.SatClaims.Type, out var jws));
        return jws!.Kid;
    }

    private static async Task Reaches(Func<bool> holds)
    {
        for (var i = 0; i < 600 && !holds(); i++) await Task.Delay(50);
        Assert.True(holds(), "not within 30 s");
    }
}
