// An agent that buys things at samples/Market, and pays for nothing that Bursar did not allow.
//
//   BURSAR_API_KEY=bk_test_… BURSAR_URL=http://127.0.0.1:8080 MARKET_URL=http://127.0.0.1:5001 \
//     dotnet run --project samples/Agent -- basket-1 paper chair desk
//
// The first word names the basket. Run it again with the same name, after a crash or because people have decided meanwhile: what was
// bought is not bought twice.
using System.Net.Http.Json;
using Bursar.Sdk;

if (args is not [var basket, .. var items] || items.Length == 0)
{
    Console.Error.WriteLine("usage: agent BASKET ITEM …");
    return 2;
}
using var bursar = new BursarClient();
using var market = new HttpClient { BaseAddress = new Uri(Environment.GetEnvironmentVariable("MARKET_URL") ?? "http://127.0.0.1:5001") };
using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) => { e.Cancel = true; stop.Cancel(); };
var prices = await market.GetFromJsonAsync<Dictionary<string, long>>("/prices", stop.Token) ?? [];
foreach (var item in items) Console.WriteLine($"{item}: {await Buy(item)}");
return 0;

async Task<string> Buy(string item)
{
    if (!prices.TryGetValue(item, out var price)) return "not for sale";
    var spend = new NewSpend("shopper", price, "IDR", "market.example", $"One {item} for the office") { Category = "office" };
    var order = new SpendOptions { IdempotencyKey = $"{basket}-{item}" };
    var outcome = await bursar.Spends.Guard(spend, Pay, order, stop.Token);
    if (outcome is ApprovalRequired open)
    {
        Console.WriteLine($"{item}: waiting for a person to decide {open.ApprovalId}");
        outcome = await bursar.Spends.Guard(spend, Pay, order with { WaitForApproval = TimeSpan.FromMinutes(2) }, stop.Token);
    }
    return outcome switch
    {
        SpendPaid paid => $"paid {price} IDR, {paid.Receipt.ReceiptId}{string.Concat(paid.Receipt.Anomalies.Select(a => $" ({a})"))}",
        AgentFrozen => "refused: I am frozen",
        SpendDenied denied => $"refused: {denied.Reason}",
        ApprovalRequired => "nobody has decided; I come back later",
        PlanLimitReached full => $"refused: {full.Detail}",
        NothingToPay other => $"nothing to pay, it is {other.Request.State}",
        _ => throw new InvalidOperationException(outcome.ToString()),
    };

    async Task<Payment> Pay(SpendAllowed allowed, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/payments") { Content = JsonContent.Create(new { item }) };
        request.Headers.Add("Idempotency-Key", allowed.PaymentKey);
        using var answer = await market.SendAsync(request, ct);
        answer.EnsureSuccessStatusCode();
        var sale = (await answer.Content.ReadFromJsonAsync<Sale>(ct))!;
        return new Payment("custom:market", sale.TransactionId, sale.Amount, sale.Currency) { ActualMerchant = "market.example" };
    }
}

internal sealed record Sale(string TransactionId, long Amount, string Currency);
