using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bursar.Core.Access;
using Bursar.Core.Signing;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Bursar.Platform.Outbound;

namespace Bursar.Platform.Webhooks;

/// <summary>One attempt that was made: what the receiver said and what the log keeps of it.</summary>
public sealed record SentDelivery(WaitingDelivery Delivery, DateTimeOffset At, OutboundAnswer Answer, string? Error)
{
    public bool Succeeded => Answer.Status is >= 200 and < 300;
    public bool Gone => Answer.Status == 410;
}

/// <summary>Makes the request of a delivery: the event's bytes, signed with every secret that is valid now.</summary>
public sealed class WebhookSender(OutboundClient outbound, Sealer sealer, TimeProvider time)
{
    private const int ErrorMax = 1000;

    public async Task<SentDelivery> Send(EndpointLane lane, WaitingDelivery delivery, CancellationToken ct)
    {
        var now = time.NowMicros();
        if (lane.Secret.Length == 0) return Unmade(delivery, now, "Not sent: the key that asked is gone, and its secret with it.");
        try
        {
            // A callback and an event may tell one receiver of the same entry: each has an id of its own to be remembered by.
            var (id, body) = delivery.Body is { } text
                ? (new DeliveryId(delivery.Id).ToString(), Encoding.UTF8.GetBytes(text))
                : (new EventId(delivery.Event.EventId).ToString(), delivery.Event.Bytes());
            var secrets = EndpointSecrets.Unseal(sealer, lane);
            var headers = Headers(secrets, id, now, body);
            var call = new OutboundRequest((Mode)lane.Mode, HttpMethod.Post, delivery.Url ?? lane.Url, body, headers, WantsBody: false);
            var answer = await outbound.Send(call, ct);
            return new SentDelivery(delivery, now, answer, Explain(answer, headers));
        }
        catch (Exception e) when (e is CryptographicException or FormatException or ArgumentException or System.Text.Json.JsonException)
        {
            // Not the receiver's fault, yet an attempt like any other: it must end some day, visibly.
            return Unmade(delivery, now, "Bursar could not make this message: the endpoint's secret cannot be read.");
        }
    }

    private static SentDelivery Unmade(WaitingDelivery delivery, DateTimeOffset now, string why) =>
        new(delivery, now, new OutboundAnswer(null, TimeSpan.Zero, why, null, []), why);

    /// <summary>The headers that a message carries besides its body.</summary>
    public static Dictionary<string, string> Headers(EndpointSecrets secrets, string id, DateTimeOffset now, byte[] body)
    {
        var timestamp = now.ToUnixTimeSeconds();
        var headers = new Dictionary<string, string>
        {
            ["webhook-id"] = id,
            ["webhook-timestamp"] = timestamp.ToString(CultureInfo.InvariantCulture),
            ["webhook-signature"] = WebhookSignature.Sign(secrets.Valid(now), id, timestamp, body),
            ["User-Agent"] = "Bursar-Webhooks/1",
        };
        if (secrets.Token is { } token) headers["X-Callback-Token"] = token;
        return headers;
    }

    /// <summary>
    /// What the log keeps of a failure: our own words, or the first visible kilobyte of the answer. A receiver that echoes what it was sent
    /// must not put our headers into the log.
    /// </summary>
    private static string? Explain(OutboundAnswer answer, Dictionary<string, string> headers)
    {
        if (answer.Status is >= 200 and < 300) return null;
        var text = Encoding.UTF8.GetString(answer.Body);
        foreach (var name in new[] { "X-Callback-Token", "webhook-signature" })
            foreach (var part in headers.GetValueOrDefault(name, "").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)
                .Where(p => p.Length > 8))
                text = text.Replace(part, "***", StringComparison.OrdinalIgnoreCase)
                    .Replace(part.Replace("/", "\\/", StringComparison.Ordinal), "***", StringComparison.OrdinalIgnoreCase)
                    .Replace(Uri.EscapeDataString(part), "***", StringComparison.OrdinalIgnoreCase);
        var said = Short(text);
        if (answer.Status is >= 300 and < 400) return Short("Redirects are not followed. " + said);
        return answer.Error is null ? said : Short($"{answer.Error} {said}");
    }

    private static string Short(string text)
    {
        var kept = new StringBuilder();
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
                or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator
                or UnicodeCategory.ParagraphSeparator) continue;
            if ((bytes += rune.Utf8SequenceLength) > ErrorMax) break;
            kept.Append(rune);
        }
        return kept.ToString().Trim();
    }
}
