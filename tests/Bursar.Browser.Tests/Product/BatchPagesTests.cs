using System.Net.Http.Json;
using System.Text.Json;
using Bursar.Browser.Tests.Harness;

namespace Bursar.Browser.Tests.Product;

/// <summary>A batch's page in each of its states, a receipt and a refund, at both sizes and themes and in both languages.</summary>
[Collection(ProductFixture.Name)]
public sealed class BatchPagesTests(RealBrowser browser, ProductFixture product)
{
    private const string Path = "/v1/transfer-batches";

    [Fact]
    public async Task every_state_is_sound()
    {
        var invalid = await Upload(
            "payroll-errors.csv", "amount,bankCode,accountNumber,remark\n12,bca,5280091111,\n50000,nope,52 80,Salary\n");
        await Reaches(invalid, "invalid");
        await Everywhere("batch-invalid", "maker", $"transfers/batches/{invalid}");

        var rows = string.Concat(Enumerable.Range(0, 14).Select(i =>
            $"{250_000 + 90_000 * i},{(i % 3 == 0 ? "bri" : "bca")},52800{93_000 + i},Salary {i},\n"));
        var id = await Upload("payroll-november.csv",
            "amount,bankCode,accountNumber,remark,reference\n" + rows + "250000,bri,5280093000,Again,\n");
        await Reaches(id, "ready");
        await Everywhere("batch-ready", "maker", $"transfers/batches/{id}");
        await Post("maker", $"{Path}/{id}/submission", new { });
        var waits = await Reaches(id, "submitted");
        await Everywhere("batch-waiting", "approver", $"transfers/batches/{id}");

        var contentHash = waits.GetProperty("contentHash").GetString();
        await Post("approver", $"{Path}/{id}/decision", new { verdict = "reject", contentHash, rows = new[] { 3, 4 }, note = "Not ours" });
        await Post("approver", $"{Path}/{id}/decision", new { verdict = "approve", contentHash });
        await Reaches(id, "completed");
        await Everywhere("batch-done", "reviewer", $"transfers/batches/{id}");
        await Everywhere("batch-filtered", "reviewer", $"transfers/batches/{id}?state=rejected&flag=new_payee");
        await Everywhere("batches", "maker", "transfers/batches");
    }

    [Fact]
    public async Task a_receipt_and_a_refund_are_sound()
    {
        var paid = (await product.List("admin", "/v1/transfers?state=succeeded"))[0].GetProperty("id").GetString();
        await Everywhere("receipt", "reviewer", $"transfers/{paid}/receipt");
        var refund = await product.Post("cs", "/v1/refunds", new
        {
            resource = product.PaidTopUp, amount = 10_000, reason = "Paid in twice", bankCode = "bca", accountNumber = "5270997481",
        });
        await Everywhere("refund", "cs", $"refunds?id={refund}");
    }

    private async Task Everywhere(string name, string who, string page)
    {
        await Sweep.Check(browser, product.Address, "/test/" + page, [(await product.As(who)).Cookie], name);
        await Sweep.Check(
            browser, product.Address, "/test/" + page, [(await product.As("indonesia")).Cookie], name + "-id", views: [View.WideLight]);
    }

    private async Task<string> Upload(string name, string csv)
    {
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent(System.Text.Encoding.UTF8.GetBytes(csv)), "file", name }, { new StringContent("false"), "submit" },
        };
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = form };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString("N"));
        using var answer = await (await product.As("maker")).Http.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private async Task Post(string who, string path, object body)
    {
        using var answer = await (await product.As(who)).Http.PostAsJsonAsync(path, body);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<JsonElement> Reaches(string id, string state)
    {
        for (var i = 0; i < 600; i++)
        {
            var batch = await (await product.As("maker")).Http.GetFromJsonAsync<JsonElement>($"{Path}/{id}");
            if (batch.GetProperty("state").GetString() == state) return batch;
            await Task.Delay(100);
        }
        throw new InvalidOperationException($"{id} is not {state} after a minute");
    }
}
