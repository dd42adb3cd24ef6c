using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Dapper;

namespace Bursar.Bench;

/// <summary>
/// Before anything is timed: the same requests through the lane and through the reference must get the same answers and leave the same
/// number of rows in every table, or the comparison would be of two different things. Left out, in the reference's favour: it does not
/// explain a refusal in figures and does not audit it.
/// </summary>
internal static partial class SameAnswers
{
    private static readonly string[] Tables =
    [
        "disbursements", "ledger_transfers", "journal", "outbox", "idempotency",
        "usage_holds", "usage", "accounts", "approvals", "attempts",
    ];

    public static async Task Hold(Scene scene, Host host, Product product)
    {
        Console.WriteLine($"asking every form the same: {product.Name}");
        // 51 million a day against plenty, then plenty a day against 5 million: every answer there is but a reused key.
        foreach (var (deposit, daily) in new[] { (900_000_000L, 51_000_000L), (5_000_000L, 900_000_000L) })
        {
            var lane = await Play(scene, await scene.Workspace(host.Address, product, deposit, daily), product, product.Lane);
            foreach (var form in new[] { "naive-4", "one-trip-4" })
            {
                var reference = await Play(scene, await scene.Workspace(host.Address, product, deposit, daily), product, product.At(form));
                if (lane != reference) throw new InvalidOperationException($"the forms differ\nlane: {lane}\n{form}: {reference}");
            }
        }
    }

    private static async Task<string> Play(Scene scene, Client client, Product product, string path)
    {
        var before = await Rows(scene, client.Workspace);
        var said = new List<string>();
        foreach (var request in product.Telling)
        {
            var (status, answer) = await client.Ask(path, request);
            said.Add($"{(int)status} {answer["code"] ?? answer["state"]} {Shape(answer)}");
        }
        var after = await Rows(scene, client.Workspace);
        return string.Join("; ", said) + "; rows " + string.Join(", ", Tables.Select((t, i) => $"{t} +{after[i] - before[i]}"));
    }

    /// <summary>
    /// An answer but for its moments, ids and signature, the shapes of which must be the same; of a refusal, what does not name a book's
    /// figures.
    /// </summary>
    private static string Shape(JsonNode answer) => answer["code"] is null
        ? Made().Replace(answer.ToJsonString(), m => m.Groups["name"].Value)
        : string.Join(",", answer.AsObject().Where(m => m.Key is "detail" or "decisionReason" or "outcome" or "retry" or "errors")
            .Select(m => $"{m.Key}={m.Value?.ToJsonString()}"));

    [GeneratedRegex("""(?<name>"(id|spendRequestId|policyId|sat)"):"[^"]+"|(?<name>"\w+(At|Until)"):"[^"]+Z"(?=[,}])""")]
    private static partial Regex Made();

    private static async Task<long[]> Rows(Scene scene, Guid workspace)
    {
        await using var connection = await scene.Database.Login.OpenConnectionAsync();
        var counts = new List<long>();
        foreach (var table in Tables)
            counts.Add(await connection.ExecuteScalarAsync<long>(
                $"select count(*) from bursar.{table} where workspace_id = @workspace{(table == "journal" ? " and public" : "")}",
                new { workspace }));
        return [.. counts];
    }
}
