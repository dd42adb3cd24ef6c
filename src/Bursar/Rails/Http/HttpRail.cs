using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bursar.Core.Access;
using Bursar.Core.Rails;
using Bursar.Core.Signing;
using Bursar.Platform.Outbound;

namespace Bursar.Rails.Http;

/// <summary>
/// A partner's server that speaks the contract of docs/rails.md: signed requests, the order's reference as idempotency key, a question
/// for what became of it, questions to banks, signed callbacks. What is not said clearly is unknown.
/// </summary>
public sealed class HttpRail(OutboundClient outbound, TimeProvider time) : ICallbackRail, IInquiryRail
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
            "Orders go to …/disbursements below it, questions to banks to …/account-inquiries. "
            + "It cannot be changed: another address is another rail"),
        new(RequestSecret, "Request secret", RailFieldKind.Secret, "Bursar signs what it sends with it"),
        new(CallbackSecret, "Callback secret", RailFieldKind.Secret, "The partner signs its callbacks with it"),
    ];

    /// <summary>The body of an order; <see cref="DisbursementId"/> is the idempotency key.</summary>
    private sealed record Order(
        string DisbursementId, string Kind, long Amount, string Currency, string BankCode, string? DestinationType, string AccountNumber,
        string? RecipientName, string? Remark, JsonNode? Detail, DateTimeOffset CreatedAt);

    private sealed record Inquiry(string InquiryId, string BankCode, string AccountNumber);

    public async Task<RailAnswer> Submit(PayoutOrder order, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new Order(
            order.Reference, JsonNamingPolicy.SnakeCaseLower.ConvertName(order.Kind.ToString()), order.Amount, order.Currency,
            order.BankCode, order.DestinationType, order.AccountNumber, order.RecipientName, order.Remark,
            order.Detail is { } detail ? JsonNode.Parse(detail) : null, order.CreatedAt), Written);
        var answer = await Call(order.Book.Mode, order.RailSettings, order.Reference, HttpMethod.Post, "/disbursements", body, ct);
        return answer.Unsent ? new RailAnswer(RailVerdict.Refused, FailureReasons.NotReceived)
            : HttpAnswer.ToSubmission(answer, order.Reference);
    }

    public async Task<RailAnswer> Query(PayoutOrder order, int number, CancellationToken ct) => HttpAnswer.ToQuestion(
        await Call(order.Book.Mode, order.RailSettings, order.Reference, HttpMethod.Get, $"/disbursements/{order.Reference}", null, ct),
        order.Reference);

    public async Task<InquiryAnswer> Inquire(InquiryQuestion question, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new Inquiry(question.Reference, question.BankCode, question.AccountNumber), Written);
        return HttpAnswer.ToInquiry(await Call(
            question.Mode, question.RailSettings, question.Reference, HttpMethod.Post, "/account-inquiries", body, ct), question.Reference);
    }

    public async Task<InquiryAnswer> InquireAgain(InquiryQuestion question, CancellationToken ct)
    {
        var told = await Call(question.Mode, question.RailSettings, question.Reference, HttpMethod.Get,
            $"/account-inquiries/{question.Reference}", null, ct);
        // The partner never got it. A question moves no money, so it is simply put again.
        return told.Status == 404 ? await Inquire(question, ct) : HttpAnswer.ToInquiry(told, question.Reference);
    }

    public bool IsSigned(RailSettings settings, Func<string, string> header, ReadOnlySpan<byte> body, DateTimeOffset now) =>
        long.TryParse(header("webhook-timestamp"), NumberStyles.None, CultureInfo.InvariantCulture, out var timestamp)
        && WebhookSignature.Verify(settings[CallbackSecret], header("webhook-id"), timestamp, body, header("webhook-signature"), now);

    public RailCallback? Read(ReadOnlySpan<byte> body) => HttpAnswer.ToCallback(body);

    private Task<OutboundAnswer> Call(
        Mode mode, RailSettings settings, string reference, HttpMethod method, string path, byte[]? body, CancellationToken ct)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds();
        return outbound.Send(new OutboundRequest(mode, method, settings[Url].TrimEnd('/') + path, body,
            new Dictionary<string, string>
            {
                ["Idempotency-Key"] = reference,
                ["webhook-id"] = reference,
                ["webhook-timestamp"] = timestamp.ToString(CultureInfo.InvariantCulture),
                ["webhook-signature"] = WebhookSignature.Sign(settings[RequestSecret], reference, timestamp, body),
            }), ct);
    }
}
