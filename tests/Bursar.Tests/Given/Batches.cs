using System.Globalization;
using System.Net;
using System.Text;
using Xunit;

namespace Bursar.Tests.Given;

/// <summary>Batches of a workspace, driven through the API.</summary>
public static class Batches
{
    public const string Path = "/v1/transfer-batches";
    public const string Header = "amount,bankCode,accountNumber,remark,reference,recipientEmails\n";

    /// <summary>A file of so many good rows, each to an account of its own; deterministic by its name.</summary>
    public static string Rows(int count, string name = "a", long amount = 10_000)
    {
        var text = new StringBuilder(Header);
        string[] banks = ["bca", "bri", "mandiri", "gopay"];
        for (var i = 0; i < count; i++)
            text.Append(CultureInfo.InvariantCulture, $"{amount + i},{banks[i % 4]},08{i + 100_000}7,Salary {i % 100},{name}-{i},\n");
        return text.ToString();
    }

    public static Task<Answer> Upload(
        this Client client, string csv, string? key = null, params (string Name, string Value)[] fields) =>
        client.Upload(Path, "salaries.csv", Encoding.UTF8.GetBytes(csv), key, fields);

    public static async Task<string> Uploaded(this Client client, string csv, params (string Name, string Value)[] fields) =>
        (await client.Upload(csv, null, fields)).Is(HttpStatusCode.Created).Text("id");

    /// <summary>Waits until the batch is in the state and gives it.</summary>
    public static async Task<Answer> BatchReaches(this Client client, string id, string state, int seconds = 30)
    {
        var batch = (await client.Get($"{Path}/{id}")).Is(HttpStatusCode.OK);
        for (var i = 0; i < seconds * 20 && batch.Text("state") != state; i++)
        {
            await Task.Delay(50);
            batch = (await client.Get($"{Path}/{id}")).Is(HttpStatusCode.OK);
        }
        Assert.True(batch.Text("state") == state, $"{id} is not {state} after {seconds} s: {batch.Body[..Math.Min(2_000, batch.Body.Length)]}");
        return batch;
    }

    /// <summary>Rows of a batch in one state.</summary>
    public static long In(this Answer batch, string state) => batch.Json["results"]!.AsArray()
        .FirstOrDefault(r => r!["state"]!.GetValue<string>() == state)?["rows"]!.GetValue<long>() ?? 0;
}
