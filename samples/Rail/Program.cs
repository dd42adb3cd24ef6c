// A partner's server that carries payouts for Bursar and asks banks for it, by the contract of docs/rails.md. It moves no money.
//
//   RAIL_REQUEST_SECRET=whsec_… RAIL_CALLBACK_SECRET=whsec_… RAIL_CALLBACK_URL=http://127.0.0.1:8080/callbacks/rails/http-demo \
//     dotnet run --project samples/Rail -- --urls http://127.0.0.1:5002
//
// Bursar shows both secrets once, when the operator sets up the rail. What an account ends in tells what becomes of a payment:
// 0000 is refused, 0001 is paid but the answer gets lost, 0003 comes back, 0006 is paid a moment later and told by a callback.
// Asked whose account it is: 0004 is suspected, 0005 is invalid, 0006 is told a moment later by a callback.
using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

var builder = WebApplication.CreateSlimBuilder(args);
builder.Services.AddHttpClient();
var app = builder.Build();
var requestSecret = Environment.GetEnvironmentVariable("RAIL_REQUEST_SECRET") ?? "";
var callbackSecret = Environment.GetEnvironmentVariable("RAIL_CALLBACK_SECRET") ?? "";
var callbackUrl = Environment.GetEnvironmentVariable("RAIL_CALLBACK_URL");

// A real one keeps this in its database, and answers after the row is durable. Status is what was decided once, for ever.
var payments = new ConcurrentDictionary<string, Payment>();
var inquiries = new ConcurrentDictionary<string, Inquiry>();

app.MapPost("/disbursements", async (HttpRequest request) =>
{
    using var reader = new StreamReader(request.Body);
    var body = await reader.ReadToEndAsync();
    if (!IsSigned(request, body)) return Results.Unauthorized();
    var order = JsonSerializer.Deserialize<Order>(body, JsonSerializerOptions.Web)!;
    // The same id again is the same payment: whatever was decided first is the answer.
    var payment = payments.GetOrAdd(order.DisbursementId, _ => Decide(order));
    if (order.AccountNumber.EndsWith("0001", StringComparison.Ordinal))
    {
        request.HttpContext.Abort();
        return Results.Empty;
    }
    if (payment.Status == "accepted") _ = PayLater(order.DisbursementId);
    return Results.Json(payment.Answer(order.DisbursementId));
});

app.MapGet("/disbursements/{id}", (HttpRequest request, string id) =>
{
    if (!IsSigned(request, "")) return Results.Unauthorized();
    // Whoever says not_found refuses the id from then on: the row is the promise.
    var payment = payments.GetOrAdd(id, _ => new Payment("not_found"));
    return Results.Json(payment.Answer(id), statusCode: payment.Status == "not_found" ? 404 : 200);
});

app.MapPost("/account-inquiries", async (HttpRequest request) =>
{
    using var reader = new StreamReader(request.Body);
    var body = await reader.ReadToEndAsync();
    if (!IsSigned(request, body)) return Results.Unauthorized();
    var question = JsonSerializer.Deserialize<Question>(body, JsonSerializerOptions.Web)!;
    var inquiry = inquiries.GetOrAdd(question.InquiryId, _ => Look(question));
    if (inquiry.Status == "pending") _ = AnswerLater(question.InquiryId);
    return Results.Json(inquiry);
});

app.MapGet("/account-inquiries/{id}", (HttpRequest request, string id) =>
    !IsSigned(request, "") ? Results.Unauthorized()
    : inquiries.TryGetValue(id, out var inquiry) ? Results.Json(inquiry) : Results.NotFound());

app.Run();

static Payment Decide(Order order) => order.AccountNumber[^4..] switch
{
    "0000" => new Payment("refused") { Reason = "INACTIVE_ACCOUNT" },
    "0003" => new Payment("returned") { Reason = "CANT_RECEIVE_TRANSFER", ProviderReference = Guid.CreateVersion7().ToString("N") },
    "0006" => new Payment("accepted"),
    _ => new Payment("succeeded") { RecipientName = "Siti Aminah", ProviderReference = Guid.CreateVersion7().ToString("N") },
};

static Inquiry Look(Question asked) => asked.AccountNumber[^4..] switch
{
    "0004" => new Inquiry(asked.InquiryId, "suspected_account", "Siti Aminah"),
    "0005" => new Inquiry(asked.InquiryId, "invalid_account_number"),
    "0006" => new Inquiry(asked.InquiryId, "pending"),
    _ => new Inquiry(asked.InquiryId, "success", "Siti Aminah"),
};

async Task PayLater(string id)
{
    await Task.Delay(200);
    payments[id] = new Payment("succeeded") { RecipientName = "Siti Aminah", ProviderReference = Guid.CreateVersion7().ToString("N") };
    await CallBack(payments[id].Answer(id));
}

async Task AnswerLater(string id)
{
    await Task.Delay(200);
    await CallBack(inquiries[id] = new Inquiry(id, "success", "Siti Aminah"));
}

async Task CallBack(object said)
{
    if (callbackUrl is null) return;
    var body = JsonSerializer.Serialize(said, JsonSerializerOptions.Web);
    var (message, timestamp) = (Guid.CreateVersion7().ToString("N"), Now());
    using var call = new HttpRequestMessage(HttpMethod.Post, callbackUrl)
    {
        Content = new StringContent(body, Encoding.UTF8, "application/json"),
    };
    call.Headers.Add("webhook-id", message);
    call.Headers.Add("webhook-timestamp", timestamp);
    call.Headers.Add("webhook-signature", Sign(callbackSecret, message, timestamp, body));
    // A real one tries again until it is answered with 200.
    using var answer = await app.Services.GetRequiredService<IHttpClientFactory>().CreateClient().SendAsync(call);
}

bool IsSigned(HttpRequest request, string body)
{
    var (id, timestamp) = (request.Headers["webhook-id"].ToString(), request.Headers["webhook-timestamp"].ToString());
    return long.TryParse(timestamp, CultureInfo.InvariantCulture, out var at)
        && Math.Abs(at - long.Parse(Now(), CultureInfo.InvariantCulture)) < 300
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(requestSecret, id, timestamp, body)),
            Encoding.ASCII.GetBytes(request.Headers["webhook-signature"].ToString()));
}

static string Sign(string secret, string id, string timestamp, string body) => "v1," + Convert.ToBase64String(
    HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes($"{id}.{timestamp}.{body}")));

static string Now() => TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

internal sealed record Order(string DisbursementId, string AccountNumber, long Amount, string Currency);

internal sealed record Question(string InquiryId, string BankCode, string AccountNumber);

internal sealed record Inquiry(string InquiryId, string Status, string? AccountHolder = null);

internal sealed record Payment(string Status)
{
    public string? Reason { get; init; }
    public string? RecipientName { get; init; }
    public string? ProviderReference { get; init; }

    public object Answer(string id) => new { disbursementId = id, Status, Reason, RecipientName, ProviderReference };
}
