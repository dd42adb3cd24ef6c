using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Bursar.Platform.Data;
using Bursar.Tests.Given;
using Bursar.Tests.Webhooks;
using Npgsql;

namespace Bursar.Tests.Faults;

/// <summary>
/// AU5: secrets that the product made or was given occur nowhere but in the one answer that shows them: not in its output, not in a dump of
/// the whole database, not in errors, lists, events, exports or the delivery log, in clear, in hex, in base64 or escaped for a URL.
/// </summary>
public sealed class PlantedSecretsTests
{
    private const string Password = "planted-password-0f8a1c7e";

    [Fact]
    public async Task secrets_are_in_no_log_dump_error_or_export()
    {
        await using var folder = new DataFolder();
        await using var program = new RunningProgram(folder.Path, RunningProgram.FreePort());
        await program.Start();
        // A receiver that echoes all it gets into its answer tries to carry our headers into the delivery log.
        await using var receiver = await EchoReceiver.Start();
        var (_, output) = await program.Verb(Password, "workspace", "create", "--name", "Planted", "--email", "planted@example.test",
            "--password-stdin", "--json");
        var made = JsonNode.Parse(output)!;
        var key = made["testKey"]!.GetValue<string>();
        var api = new Client(program.Address, key);
        var secrets = new Dictionary<string, string>
        { ["password"] = Password, ["test key"] = key, ["live key"] = made["liveKey"]!.GetValue<string>() };

        var endpoint = (await api.Post("/v1/webhook-endpoints", new { url = receiver.Url })).Is(HttpStatusCode.Created);
        secrets["webhook secret"] = endpoint.Text("secret");
        secrets["validation token"] = endpoint.Text("validationToken");
        secrets["rotated secret"] = (await api.Post($"/v1/webhook-endpoints/{endpoint.Text("id")}/secret-rotation", new { }))
            .Text("secret");
        var member = new Client(program.Address, null);
        var session = await member.Post("/v1/sessions", new { email = "planted@example.test", password = Password });
        secrets["session"] = session.Headers["Set-Cookie"].Split('=', 2)[1].Split(';')[0];
        secrets["csrf token"] = session.Text("csrfToken");
        var strange = "whsec_" + Convert.ToBase64String(Encoding.UTF8.GetBytes("a secret of the receiver's own"));
        secrets["pasted secret"] = strange;

        // Wrong places for all of them: bodies that do not parse, fields they do not belong in, paths, queries, headers.
        var answers = new List<string>();
        foreach (var secret in secrets.Values.ToList())
        {
            answers.Add((await api.Raw(HttpMethod.Post, "/v1/transfers", $"{{\"amount\": \"{secret}\"")).Body);
            answers.Add((await api.Post("/v1/transfers", new { amount = 1, bankCode = secret, accountNumber = secret })).Body);
            answers.Add((await api.Post("/v1/webhook-endpoints", new { url = "not a url " + secret })).Body);
            answers.Add((await api.Get($"/v1/transfers?cursor={Uri.EscapeDataString(secret)}&state={Uri.EscapeDataString(secret)}")).Body);
            answers.Add((await api.Get($"/v1/transfers/{Uri.EscapeDataString(secret)}")).Body);
            answers.Add((await api.Get($"/v1/{Uri.EscapeDataString(secret)}")).Body);
            answers.Add((await new Client(program.Address, secret + "x").Get("/v1/balances")).Body);
            answers.Add((await member.Post("/v1/sessions", new { email = "planted@example.test", password = secret + "x" })).Body);
        }
        answers.Add((await api.Post("/v1/webhook-verifications", new
        {
            endpointId = endpoint.Text("id"),
            id = "evt_x",
            timestamp = "1",
            signature = "v1,x",
            body = "{}",
            secret = strange,
        })).Body);
        answers.Add((await api.Post($"/v1/webhook-endpoints/{endpoint.Text("id")}/diagnosis", new { })).Body);
        answers.Add((await api.Post($"/v1/webhook-endpoints/{endpoint.Text("id")}/test", new { })).Body);
        for (var i = 0; i < 100 && receiver.Calls < 2; i++) await Task.Delay(50);
        for (var i = 0; i < 40 && !(await api.Get("/v1/deliveries?state=retrying")).Body.Contains("dlv_", StringComparison.Ordinal); i++)
            await Task.Delay(50);
        foreach (var list in new[] { "deliveries", "events?after=0", "webhook-endpoints", "api-keys", "transfers", "ip-rules",
            "api-requests" })
            answers.Add((await api.Get($"/v1/{list}")).Body);
        answers.Add((await member.Get("/test/transfers/report.csv")).Is(HttpStatusCode.OK).Body);
        // What is written once a second is written by then.
        await Task.Delay(1500);

        foreach (var answer in answers) Clean(secrets, "an answer", answer);
        var dump = await Dump(folder.Path);
        Assert.Contains("webhook_endpoint.created", dump, StringComparison.Ordinal);
        Clean(secrets, "the database", dump);
        Clean(secrets, "the program's output", program.Output);
        // The net has no hole: what was planted is found where it is.
        Assert.Throws<Xunit.Sdk.FailException>(() => Clean(secrets, "a plant", dump + secrets["webhook secret"]));
        Assert.Throws<Xunit.Sdk.FailException>(() =>
            Clean(secrets, "a plant", Convert.ToHexStringLower(Encoding.UTF8.GetBytes("x" + key))));
    }

    private static void Clean(Dictionary<string, string> secrets, string where, string text)
    {
        foreach (var (name, secret) in secrets)
            foreach (var form in Forms(secret))
                if (text.Contains(form, StringComparison.OrdinalIgnoreCase)) Assert.Fail($"the {name} is in {where}, as {form[..6]}…");
    }

    /// <summary>As it is, without a prefix, in hex (how a dump writes bytes), in base64 at its three places, and escaped.</summary>
    private static IEnumerable<string> Forms(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        yield return secret;
        yield return Convert.ToHexString(bytes);
        if (secret.StartsWith("whsec_", StringComparison.Ordinal))
        {
            yield return secret[6..].TrimEnd('=');
            yield return Convert.ToHexString(Convert.FromBase64String(secret[6..]));
        }
        if (Uri.EscapeDataString(secret) is var escaped && escaped != secret) yield return escaped;
        for (var skip = 0; skip < 3; skip++) yield return Convert.ToBase64String(bytes.AsSpan(skip, (bytes.Length - skip) / 3 * 3));
    }

    private static async Task<string> Dump(string folder)
    {
        var connection = new NpgsqlConnectionStringBuilder(await PrivateCluster.EnsureStarted(folder, TextWriter.Null,
            CancellationToken.None));
        using var dump = Process.Start(new ProcessStartInfo("pg_dump",
            ["-h", connection.Host!, "-p", $"{connection.Port}", "-U", connection.Username!, connection.Database!])
        {
            RedirectStandardOutput = true,
        })!;
        var text = await dump.StandardOutput.ReadToEndAsync();
        await dump.WaitForExitAsync();
        Assert.Equal(0, dump.ExitCode);
        return text;
    }
}
