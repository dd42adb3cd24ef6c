// A shop that pays its suppliers through Bursar and learns by webhook what became of it.
//
//   BURSAR_API_KEY=bk_test_… BURSAR_URL=http://127.0.0.1:8080 SHOP_WEBHOOK_SECRET=whsec_… \
//     dotnet run --project samples/Shop -- --urls http://127.0.0.1:5000
//
// Its Callback URL is http://127.0.0.1:5000/bursar (POST /v1/webhook-endpoints, or the
// page Developer → Callback URLs, which also shows the secret).
using System.Collections.Concurrent;
using Bursar.Sdk;

var builder = WebApplication.CreateSlimBuilder(args);
var app = builder.Build();
using var bursar = new BursarClient();
// While a secret is being replaced, both stand here, separated by a space.
var verifier = new WebhookVerifier(Environment.GetEnvironmentVariable("SHOP_WEBHOOK_SECRET")?.Split(' ') ?? [],
    Environment.GetEnvironmentVariable("SHOP_CALLBACK_TOKEN"));

// A real shop keeps these in its database, in the transaction that acts on the event.
var seen = new ConcurrentDictionary<string, byte>();
var paid = new ConcurrentDictionary<string, string>();

// The order's number is the idempotency key: asked twice, paid once, also when this process dies in between.
app.MapPost("/orders/{number}/payout", async (string number, Payout payout, CancellationToken ct) =>
{
    try
    {
        var transfer = await bursar.Transfers.Create(
            new NewTransfer(payout.Amount, payout.BankCode, payout.AccountNumber)
            {
                Remark = $"Order {number}",
                Reference = $"order-{number}",
            }, $"order-{number}", ct);
        return Results.Accepted($"/orders/{number}", new { transfer.Id, transfer.State });
    }
    catch (BursarException e) when (e.Outcome == EffectOutcome.None)
    {
        return Results.UnprocessableEntity(new { e.Code, e.Detail, e.RequestId });
    }
});

app.MapGet("/orders/{number}", (string number) => new { state = paid.GetValueOrDefault($"order-{number}", "not paid yet") });

app.MapPost("/bursar", async (HttpRequest request, CancellationToken ct) =>
{
    using var body = new MemoryStream();
    await request.Body.CopyToAsync(body, ct);
    WebhookEvent received;
    try
    {
        received = verifier.Verify(name => request.Headers[name], body.ToArray());
    }
    catch (WebhookRefusedException e)
    {
        app.Logger.LogWarning("Refused a webhook: {Why}", e.Message);
        return Results.BadRequest();
    }
    // At least once means sometimes twice, and in no promised order.
    if (seen.TryAdd(received.Id, 0) && received.Type.StartsWith("transfer.", StringComparison.Ordinal)
        && received.DataAs<Transfer>() is { Reference: { } order } transfer)
        if (transfer.State is TransferState.Succeeded or TransferState.Failed or TransferState.Reversed) paid[order] = transfer.State;
    return Results.NoContent();
});

app.Run();

internal sealed record Payout(long Amount, string BankCode, string AccountNumber);
