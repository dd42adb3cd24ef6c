using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bursar.Core.Signing;

namespace Bursar.Platform.Webhooks;

/// <summary>A pasted webhook held against the endpoint's secrets and against the bytes that were sent.</summary>
internal sealed class PastedCheck(PastedWebhook pasted, EndpointSecrets secrets, DateTimeOffset now)
{
    private readonly List<Finding> findings = [];
    private readonly byte[] body = Encoding.UTF8.GetBytes(pasted.Body);

    /// <param name="sent">The event's body as Bursar sends it; null when the id is none of this book's.</param>
    public PastedReport Report(string? sent)
    {
        Secret();
        var timestamp = Timestamp();
        Body(sent);
        var signed = Signature(timestamp);
        return new PastedReport(signed && findings.All(f => f.Outcome != FindingOutcome.Problem), findings);
    }

    private void Secret()
    {
        if (pasted.Secret is not { } held) return;
        var known = secrets.Valid(now);
        var text = held.Trim().Trim('"', '\'');
        void Wrong(string why) => Add("secret", FindingOutcome.Problem, why);
        if (known.Contains(held, StringComparer.Ordinal))
            Add("secret", FindingOutcome.Ok, held == secrets.Current
                ? "It is this endpoint's secret." : "It is the previous secret, which still signs for now.");
        else if (known.Contains(text, StringComparer.Ordinal))
            Wrong("It is this endpoint's secret with blanks, a line end or quotes around it. Take them away.");
        else if (held == secrets.Previous) Wrong("It is the previous secret, whose overlap is over. Give the receiver the new one.");
        else if (known.Any(k => k[WebhookSignature.SecretPrefix.Length..] == text))
            Wrong("It is this endpoint's secret without whsec_. Keep the prefix; libraries expect it.");
        else if (!WebhookSignature.IsSecret(held)) Wrong("It has not the form whsec_ and base64 of 24 to 64 bytes.");
        else Wrong("It has the right form, but is not this endpoint's. Is it of another endpoint or of the other mode?");
    }

    private long? Timestamp()
    {
        if (!long.TryParse(pasted.Timestamp.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || seconds > 253402300799)
        {
            Add("timestamp", FindingOutcome.Problem, "webhook-timestamp is whole seconds since 1970.");
            return null;
        }
        var age = now - DateTimeOffset.FromUnixTimeSeconds(seconds);
        if (age.Duration() <= WebhookSignature.Tolerance) Add("timestamp", FindingOutcome.Ok, "Within 5 minutes of now.");
        else
            Add("timestamp", FindingOutcome.Warning,
                $"It is {age.Duration().TotalMinutes:0} minutes {(age > TimeSpan.Zero ? "old" : "ahead")}: "
                + "a receiver refuses it now, as it should. If it arrived fresh, that receiver's clock is wrong.");
        return seconds;
    }

    private void Body(string? sent)
    {
        if (sent is null) Add("body", FindingOutcome.Warning, "No event of this book has this webhook-id, so the body cannot be compared.");
        else if (sent == pasted.Body) Add("body", FindingOutcome.Ok, "Byte for byte what Bursar sends.");
        else if (SameJson(sent, pasted.Body))
            Add("body", FindingOutcome.Problem,
                "The same JSON in other bytes: something parsed and wrote it again. "
                + "Verify over the raw body, before any parser touches it.");
        else Add("body", FindingOutcome.Problem, $"It differs from what was sent, first at character {Difference(sent, pasted.Body)}.");
    }

    private bool Signature(long? timestamp)
    {
        var id = pasted.Id.Trim();
        if (timestamp is not { } at || id.Length == 0 || id.Contains('.', StringComparison.Ordinal))
        {
            Add("signature", FindingOutcome.Skipped, "Not looked at: webhook-id or webhook-timestamp cannot be right.");
            return false;
        }
        var moment = DateTimeOffset.FromUnixTimeSeconds(at);
        bool By(string secret) => WebhookSignature.Verify(secret, id, at, body, pasted.Signature, moment);
        if (secrets.Valid(now).Any(By))
            return Add("signature", FindingOutcome.Ok, "It is this endpoint's signature over this id, time and body.");
        return Add("signature", FindingOutcome.Problem, 0 switch
        {
            _ when secrets.Previous is { } old && By(old) => "Signed with the previous secret, whose overlap is over.",
            _ when !pasted.Signature.Contains("v1,", StringComparison.Ordinal) =>
                "webhook-signature begins with v1 and a comma, then base64. Paste the whole header.",
            _ when secrets.Valid(now).Any(s => TextKeyed(s, id, at)) =>
                "Somebody signed with the text of the secret. The key is the bytes that the base64 behind whsec_ stands for.",
            _ => "No signature in the header fits. Id, time, body and secret all count; one of them is another one.",
        });
    }

    private bool TextKeyed(string secret, string id, long at) =>
        new[] { secret, secret[WebhookSignature.SecretPrefix.Length..] }.Any(key => pasted.Signature.Contains(Convert.ToBase64String(
            HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), (byte[])[.. Encoding.UTF8.GetBytes($"{id}.{at}."), .. body])),
            StringComparison.Ordinal));

    private static bool SameJson(string a, string b)
    {
        try { return JsonNode.DeepEquals(JsonNode.Parse(a), JsonNode.Parse(b)); }
        catch (Exception e) when (e is JsonException or ArgumentException) { return false; }
    }

    private static int Difference(string a, string b)
    {
        var at = 0;
        while (at < a.Length && at < b.Length && a[at] == b[at]) at++;
        return at + 1;
    }

    private bool Add(string check, FindingOutcome outcome, string detail)
    {
        findings.Add(new Finding(check, outcome, detail));
        return outcome == FindingOutcome.Ok;
    }
}
