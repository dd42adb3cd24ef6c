using System.Net;
using System.Text.RegularExpressions;
using Bursar.Core.Access;
using Bursar.Tests.Given;
using Dapper;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bursar.Tests.Contracts;

/// <summary>
/// The permission matrix: every route × eight roles, keys and nobody × both modes × own and foreign workspace, against a table
/// written by hand (permissions.txt). A refused call changes nothing, and a foreign thing looks exactly like one that never was.
/// </summary>
public sealed class PermissionTests(Product product)
{
    private const string Members = "APRDEMVC", Keys = "FKS";
    private static readonly Mode[] Modes = [Mode.Test, Mode.Live];

    [Fact]
    public void every_route_and_page_has_a_line_and_every_line_a_route()
    {
        var routes = PermissionTable.Routes(product.Services.GetServices<EndpointDataSource>()).ToHashSet();
        var lines = PermissionTable.Rows.Select(r => r.ToString()).ToHashSet();
        var wrong = routes.Except(lines).Order().Select(r => $"no line for {r}")
            .Concat(lines.Except(routes).Order().Select(l => $"no route for {l}"))
            .ToList();
        if (wrong.Count > 0) Assert.Fail(string.Join('\n', wrong));
    }

    [Fact]
    public async Task everybody_gets_what_the_table_says_and_nothing_else()
    {
        var world = await MatrixWorld.Make(product);
        var contract = new SchemaCheck((await world.Who('0', Mode.Test).Get("/v1/openapi.json")).Json);
        var wrong = new List<string>();
        var rows = PermissionTable.Rows.Where(r => !r.IsElsewhere).ToList();
        var before = await Position(world);
        foreach (var row in rows) wrong.AddRange(await Refused(world, row));
        // What was refused left nothing behind but that it was refused.
        await Task.Delay(TimeSpan.FromSeconds(1.2));
        Assert.Equal(["access.refused"], await TypesSince(world, before));
        foreach (var row in rows) wrong.AddRange(await Allowed(world, row, contract));
        if (wrong.Count > 0) Assert.Fail($"{wrong.Count} answers are not the table's:\n{string.Join('\n', wrong.Take(80))}");
    }

    private static async Task<List<string>> Refused(MatrixWorld world, PermissionRow row)
    {
        var wrong = new List<string>();
        if (row.IsOpen) return wrong;
        foreach (var mode in Modes)
            foreach (var whose in row.Foreign is null ? ["own"] : new[] { "own", "foreign" })
                foreach (var who in (row.IsApi ? Members + Keys : Members).Where(w => !row.Allows(w))
                    .Append('0').Concat(row.IsApi ? "X" : ""))
                {
                    var (path, body) = await world.Fill(row, mode, whose, mayUseUp: false);
                    var answer = await Call(world, world.Who(who, mode), row, path, body);
                    var says = Says(answer);
                    var fits = (who, row.IsApi) switch
                    {
                        ('0' or 'X', true) => answer.Status == HttpStatusCode.Unauthorized,
                        ('0', false) => answer.Status == HttpStatusCode.Redirect
                            && answer.Headers["Location"].StartsWith("/sign-in", StringComparison.Ordinal),
                        // A spend key sees what it asked itself; what others asked is missing.
                        ('S', _) when row.Path.StartsWith("/v1/spend-requests/{id}", StringComparison.Ordinal)
                            && row.Permission != "freeze_agents" =>
                            answer.Status == HttpStatusCode.NotFound,
                        ('S', _) => answer.Status == HttpStatusCode.Forbidden && says.Length > 0,
                        _ => answer.Status == HttpStatusCode.Forbidden && says == row.Permission,
                    };
                    if (!fits || answer.Body.Contains(MatrixWorld.Marker, StringComparison.Ordinal))
                        wrong.Add($"{row} as {who} in {mode}, {whose}: {(int)answer.Status} {says}, refused is right ({row.Permission})");
                }
        return wrong;
    }

    private static async Task<List<string>> Allowed(MatrixWorld world, PermissionRow row, SchemaCheck contract)
    {
        var wrong = new List<string>();
        var everybody = row.IsOpen ? "0" + Members : Members;
        foreach (var mode in Modes)
            foreach (var who in (row.IsApi ? everybody + Keys : everybody).Where(row.Allows))
            {
                var client = world.Who(who, mode);
                var (path, body) = await world.Fill(row, mode, "own", mayUseUp: true);
                var own = await Call(world, client, row, path, body);
                var right = mode == Mode.Test ? row.InTest : row.InLive;
                if ((int)own.Status != right) wrong.Add($"{row} as {who} in {mode}, own: {(int)own.Status} {Says(own)}, {right} is right");
                // A path that somebody of this workspace tried in vain stands in its own audit.
                if (own.Body.Replace($"/agents/{MatrixWorld.Marker}-agent", "", StringComparison.Ordinal)
                    .Contains(MatrixWorld.Marker, StringComparison.Ordinal))
                    wrong.Add($"{row} as {who} in {mode} shows what is another workspace's");
                if (row.IsApi && row.Path != "/v1/openapi.json")
                    wrong.AddRange(contract
                        .Answer(row.Method, row.Path, (int)own.Status, own.Headers["Content-Type"], own.Body)
                        .Take(3)
                        .Select(w => $"{row} as {who}: {w}"));
                if (row.Foreign is not { } status) continue;
                var foreign = await Call(
                    world, client, row,
                    (await world.Fill(row, mode, "foreign", false)).Path, (await world.Fill(row, mode, "foreign", false)).Body);
                var never = await Call(
                    world, client, row,
                    (await world.Fill(row, mode, "never", false)).Path, (await world.Fill(row, mode, "never", false)).Body);
                // Test mode's own doors are closed in live, and a code is asked for, before anything is looked up.
                var expected = mode == Mode.Live && row.InLive is 401 or 403 ? row.InLive : status;
                if ((int)foreign.Status != expected)
                    wrong.Add($"{row} as {who} in {mode}, foreign: {(int)foreign.Status} {Says(foreign)}, {expected} is right");
                if (foreign.Status != never.Status || Bare(foreign.Body) != Bare(never.Body))
                    wrong.Add($"{row} as {who} in {mode}: a foreign thing differs from none");
            }
        return wrong;
    }

    private static async Task<Answer> Call(MatrixWorld world, Client client, PermissionRow row, string path, string body)
    {
        if (row.Method == "GET") return await client.Get(path);
        if (row.Method == "DELETE") return await client.Delete(path);
        if (row.IsApi) return await client.Raw(new HttpMethod(row.Method), path, body.Length > 0 ? body : "{}");
        var token = Uri.EscapeDataString(await world.Token(client));
        return await client.Raw(
            HttpMethod.Post, path, $"__RequestVerificationToken={token}&{body}", type: "application/x-www-form-urlencoded");
    }

    /// <summary>The permission that an answer names, in problem+json or on the error page; for other errors their code.</summary>
    private static string Says(Answer answer)
    {
        if (answer.Headers.GetValueOrDefault("Content-Type")?.StartsWith("application/problem+json", StringComparison.Ordinal) == true)
            return answer.Json["missingPermission"]?.GetValue<string>() ?? answer.Code;
        return Regex.Match(answer.Body, "needs the permission ([a-z_]+)").Groups[1].Value;
    }

    /// <summary>What is of one request only, and the path, which holds the id that was asked for.</summary>
    private static string Bare(string body) => Regex.Replace(
        body, "[a-z]{2,3}_[0-7][0-9a-hjkmnp-tv-z]{25}|name=\"__RequestVerificationToken\" value=\"[^\"]+\"", "");

    private async Task<(long Home, long Away)> Position(MatrixWorld world)
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        async Task<long> Of(Workspace w) => await connection.ExecuteScalarAsync<long>(
            "select sum(journal_position)::bigint from books where workspace_id = @w", new { w = w.Book.Workspace.Value });
        return (await Of(world.Home), await Of(world.Away));
    }

    private async Task<IEnumerable<string>> TypesSince(MatrixWorld world, (long Home, long Away) before)
    {
        var now = await Position(world);
        Assert.Equal(before.Away, now.Away);
        await using var connection = await product.Owner.OpenConnectionAsync();
        // The newest entries of both modes, as many as came since.
        return await connection.QueryAsync<string>("""
            select distinct type
            from (select type from journal where workspace_id = @w order by booked_at desc, position desc limit @since) newest
            """, new { w = world.Home.Book.Workspace.Value, since = now.Home - before.Home });
    }
}
