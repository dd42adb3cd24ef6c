using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bursar.Core.Rails;
using Bursar.Core.Signing;
using Bursar.Platform.Outbound;

namespace Bursar.Rails.Http;

/// <summary>
/// A partner's server that speaks the contract of docs/rails.md: signed requests, the order's reference as idempotency key, a question
/// for what became of it, signed callbacks. What is not said clearly is unknown.
/// </summary>
public sealed class HttpRail(OutboundClient outbound, TimeProvider time) : ICallbackRail
{
    private const string Url = "url", RequestSecret = "requestSecret", CallbackSecret = "callbackSecret";
    private static readonly JsonSerializerOptions Written = new(JsonSerializerDefaults.Web)
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public string Name => "http";

    /// <summary>What the outbound client waits for, and a little for the connection's turn.</summary>
    public TimeSpan AnswerMax => TimeSpan.FromSeconds(20);

    public IReadOnlyList<RailField> Fields { get; } =
    [
        new(Url, "Address", RailFieldKind.Url,
            "Orders go to …/disbursements below it. It cannot be changed: another address is another rail"),
        new(RequestSecret, "Request secret", RailFieldKind.Secret, "Bursar signs what it sends with it"),
        new(CallbackSecret, "Callback secret", RailFieldKind.Secret, "The partner signs its callbacks with it"),
    ];

    /// <summary>The body of an order; <see cref="DisbursementId"/> is the idempotency key.</summary>
    private sealed record Order(
        string DisbursementId, string Kind, long Amount, string Currency, string BankCode, string? DestinationType, string AccountNumber,
        string? RecipientName, string? Remark, JsonNode? Detail, DateTimeOffset CreatedAt);

    public async Task<RailAnswer> Submit(PayoutOrder order, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new Order(
            order.Reference, JsonNamingPolicy.SnakeCaseLower.ConvertName(order.Kind.ToString()), order.Amount, order.Currency,
            order.BankCode, order.DestinationType, order.AccountNumber, order.RecipientName, order.Remark,
            order.Detail is { } detail ? JsonNode.Parse(detail) : null, order.CreatedAt), Written);
        var answer = await Call(order, HttpMethod.Post, "/disbursements", body, ct);
        return answer.Unsent ? new RailAnswer(RailVerdict.Refused, FailureReasons.NotReceived)
            : HttpAnswer.ToSubmission(answer, order.Reference);
    }

    public async Task<RailAnswer> Query(PayoutOrder order, int number, CancellationToken ct) => HttpAnswer.ToQuestion(
        await Call(order, HttpMethod.Get, $"/disbursements/{order.Reference}", null, ct), order.Reference);

    public bool IsSigned(RailSettings settings, Func<string, string> header, ReadOnlySpan<byte> body, DateTimeOffset now) =>
        long.TryParse(header("webhook-timestamp"), NumberStyles.None, CultureInfo.InvariantCulture, out var timestamp)
        && WebhookSignature.Verify(settings[CallbackSecret], header("webhook-id"), timestamp, body, header("webhook-signature"), now);

    public RailCallback? Read(ReadOnlySpan<byte> body) => HttpAnswer.ToCallback(body);

    private Task<OutboundAnswer> Call(PayoutOrder order, HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds();
        return outbound.Send(new OutboundRequest(order.Book.Mode, method, order.RailSettings[Url].TrimEnd('/') + path, body,
            new Dictionary<string, string>
            {
                ["Idempotency-Key"] = order.Reference,
                ["webhook-id"] = order.Reference,
                ["webhook-timestamp"] = timestamp.ToString(CultureInfo.InvariantCulture),
                ["webhook-signature"] = WebhookSignature.Sign(order.RailSettings[RequestSecret], order.Reference, timestamp, body),
            }), ct);
    }
}
