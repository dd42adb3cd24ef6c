// A market that sells to agents: it stands in for the shops and payment providers of the open web, and moves no money.
//
//   dotnet run --project samples/Market -- --urls http://127.0.0.1:5001
using System.Collections.Concurrent;

var app = WebApplication.CreateSlimBuilder(args).Build();
var prices = new Dictionary<string, long> { ["paper"] = 60_000, ["chair"] = 400_000, ["desk"] = 2_000_000 };
var sales = new ConcurrentDictionary<string, Sale>();

app.MapGet("/prices", () => prices);

// As with any provider worth using, the same key is the same payment, however often it is sent.
app.MapPost("/payments", (Order order, HttpRequest request) =>
{
    var key = request.Headers["Idempotency-Key"].ToString();
    if (key.Length == 0 || !prices.TryGetValue(order.Item, out var price)) return Results.BadRequest();
    return Results.Ok(sales.GetOrAdd(key, _ => new Sale($"sale-{sales.Count + 1}", order.Item, price, "IDR")));
});

app.MapGet("/payments", () => sales.Values.OrderBy(s => s.TransactionId));

app.Run();

internal sealed record Order(string Item);

internal sealed record Sale(string TransactionId, string Item, long Amount, string Currency);
