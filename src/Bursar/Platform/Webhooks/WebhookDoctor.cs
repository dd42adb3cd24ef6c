using System.Globalization;
using System.Text;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Signing;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Outbound;

namespace Bursar.Platform.Webhooks;

public enum FindingOutcome { Ok, Warning, Problem, Skipped }

/// <summary>One thing that was looked at, what was found, and what to do about it.</summary>
public sealed record Finding(string Check, FindingOutcome Outcome, string Detail);

public sealed record DoctorReport(WebhookEndpointId EndpointId, string Url, DateTimeOffset At, bool Healthy,
    IReadOnlyList<Finding> Findings);

/// <summary>What a receiver got: the three headers and the body as text, and the secret it holds, if that is to be looked at too.</summary>
public sealed record PastedWebhook(WebhookEndpointId EndpointId, string Id, string Timestamp, string Signature, string Body,
    string? Secret = null);

public sealed record PastedReport(bool Valid, IReadOnlyList<Finding> Findings);

/// <summary>
/// Tells why a receiver fails (PRODUCT D7): the endpoint's state, address, name, network, TLS, then a signed call of its own and what came
/// back. And verifies what a receiver got, against the very bytes that were sent. Secrets go in here and never out.
/// </summary>
public sealed class WebhookDoctor(
    Database database, Endpoints endpoints, Deliveries deliveries, OutboundProbe probe, OutboundClient outbound, Sealer sealer,
    TimeProvider time) : IDisposable
{
    private const int AtOnce = 4;
    private static readonly TimeSpan SlowFrom = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan CertificateSoon = TimeSpan.FromDays(14);
    private readonly SemaphoreSlim room = new(AtOnce);

    public async Task<Result<DoctorReport>> Examine(Actor actor, WebhookEndpointId id, CancellationToken ct)
    {
        var endpoint = await endpoints.Get(actor, id);
        if (!endpoint.Ok) return endpoint.Error;
        if (!await room.WaitAsync(TimeSpan.Zero, ct)) return new Error(Errors.RateLimited, "The doctor is busy. Try again in a moment.");
        try
        {
            var findings = new List<Finding> { State(endpoint.Value) };
            var probed = await probe.Try(endpoint.Value.Url, actor.Book.Mode, ct);
            findings.AddRange(Network(endpoint.Value, probed));
            if (probed.Reached == ProbeStep.Done) findings.AddRange(await Call(actor, endpoint.Value, ct));
            var healthy = findings.All(f => f.Outcome is FindingOutcome.Ok or FindingOutcome.Skipped);
            return new DoctorReport(id, endpoint.Value.Url, time.NowMicros(), healthy, findings);
        }
        finally
        {
            room.Release();
        }
    }

    public void Dispose() => room.Dispose();

    private static Finding State(EndpointResource endpoint) => endpoint switch
    {
        { State: "disabled" } => new("state", FindingOutcome.Problem, "It is disabled since it answered 410. Resume it to send again."),
        { State: not "active" } => new("state", FindingOutcome.Problem, "It is paused. What it hears waits; resume it to send."),
        { FailingSince: { } since } => new("state", FindingOutcome.Warning, $"It has been failing since {Text(since)}."),
        _ => new("state", FindingOutcome.Ok, "Active."),
    };

    private IEnumerable<Finding> Network(EndpointResource endpoint, Probed probed)
    {
        foreach (var (step, check, ok) in new[]
        {
            (ProbeStep.Address, "address", "A form that may be called."),
            (ProbeStep.Name, "dns", $"Found: {string.Join(", ", probed.Addresses)}."),
            (ProbeStep.Allowed, "private_address", "Every address may be called."),
            (ProbeStep.Connection, "connection", "Something listens."),
            (ProbeStep.Tls, "tls", "A certificate that is trusted."),
        })
        {
            if (step > probed.Reached) yield return new(check, FindingOutcome.Skipped, "Not reached.");
            else if (step == probed.Reached) yield return new(check, FindingOutcome.Problem, probed.Problem!);
            else if (step == ProbeStep.Tls && !endpoint.Url.StartsWith("https:", StringComparison.OrdinalIgnoreCase))
                yield return new(check, FindingOutcome.Skipped, "Plain http, which is for opened private addresses only.");
            else if (step == ProbeStep.Tls && probed.CertificateUntil is { } until)
            {
                var isSoon = until - time.GetUtcNow() < CertificateSoon;
                yield return new(check, isSoon ? FindingOutcome.Warning : FindingOutcome.Ok,
                    $"Trusted; the certificate ends {Text(until)}.");
            }
            else yield return new(check, FindingOutcome.Ok, ok);
        }
    }

    /// <summary>A call like any other, but not of an event: it is in no log and no feed.</summary>
    private async Task<IEnumerable<Finding>> Call(Actor actor, EndpointResource endpoint, CancellationToken ct)
    {
        var secrets = await Secrets(actor, endpoint.Id);
        var (now, id) = (time.NowMicros(), EventId.New(time.GetUtcNow()));
        var data = Json.Write(new { message = "Bursar's webhook doctor looks whether this endpoint answers." });
        var body = new EventRow
        {
            WorkspaceId = actor.Book.Workspace.Value,
            Mode = (short)actor.Book.Mode,
            EventId = id.Value,
            Type = Endpoints.TestEvent,
            BookedAt = now,
            Data = data,
        }.Bytes();
        var headers = WebhookSender.Headers(secrets, id.ToString(), now, body);
        var answer = await outbound.Send(new OutboundRequest(actor.Book.Mode, HttpMethod.Post, endpoint.Url, body, headers), ct);
        return [Answer(answer), Clock(answer, time.GetUtcNow()), Secret(secrets, now)];
    }

    private static Finding Answer(OutboundAnswer answer) => answer.Status switch
    {
        null => new("answer", FindingOutcome.Problem, answer.Error ?? "No answer."),
        >= 200 and < 300 when answer.Duration > SlowFrom =>
            new("answer", FindingOutcome.Warning,
                $"{answer.Status} after {answer.Duration.TotalSeconds:0} s: answer first, work afterwards. After 15 s it counts as failed."),
        >= 200 and < 300 => new("answer", FindingOutcome.Ok, $"{answer.Status} in {answer.Duration.TotalMilliseconds:0} ms."),
        >= 300 and < 400 => new("answer", FindingOutcome.Problem,
            $"{answer.Status}: a redirect{(answer.Location is { } to ? $" to {to}" : "")}. "
            + "Redirects are not followed: save the address it leads to."),
        400 or 401 or 403 or 422 => new("answer", FindingOutcome.Problem,
            $"{answer.Status}: the receiver refuses the message. "
            + "Most often it checks the signature with another secret, or over a body it has parsed and written again."),
        404 or 405 => new("answer", FindingOutcome.Problem, $"{answer.Status}: the server is there, but takes no POST at this path."),
        410 => new("answer", FindingOutcome.Problem, "410: the receiver wants no more. A delivery would disable the endpoint."),
        429 => new("answer", FindingOutcome.Warning, "429: too many calls for it. Bursar waits as its Retry-After asks."),
        _ => new("answer", FindingOutcome.Problem,
            $"{answer.Status}: the receiver broke while it handled the message; its own log knows why."),
    };

    private static Finding Clock(OutboundAnswer answer, DateTimeOffset now)
    {
        if (answer.Date is not { } date) return new("clock", FindingOutcome.Skipped, "The answer says no time (header Date).");
        var off = (date - now).Duration();
        var text = $"The receiver's clock is {off.TotalSeconds:0} s {(date > now ? "ahead of" : "behind")} ours.";
        return off > WebhookSignature.Tolerance
            ? new("clock", FindingOutcome.Problem, text + " Beyond 5 minutes it refuses every message as too old or too new.")
            : off > TimeSpan.FromMinutes(1) ? new("clock", FindingOutcome.Warning, text)
            : new("clock", FindingOutcome.Ok, "The clocks agree within a minute.");
    }

    private static Finding Secret(EndpointSecrets secrets, DateTimeOffset now) => secrets.PreviousUntil > now
        ? new("secret", FindingOutcome.Ok,
            $"Two signatures until {Text(secrets.PreviousUntil.Value)}: the receiver may hold either secret.")
        : new("secret", FindingOutcome.Ok,
            "One signature, whsec_ and base64. The key of the HMAC is what the base64 stands for, not its text.");

    /// <summary>Is this what was sent, and would a receiver with this secret take it?</summary>
    public async Task<Result<PastedReport>> Verify(Actor actor, PastedWebhook pasted)
    {
        var endpoint = await endpoints.Get(actor, pasted.EndpointId);
        if (!endpoint.Ok) return endpoint.Error;
        var secrets = await Secrets(actor, pasted.EndpointId);
        var checker = new PastedCheck(pasted, secrets, time.GetUtcNow());
        var sent = EventId.TryParse(pasted.Id.Trim(), out var id) ? await deliveries.Body(actor, id) : null;
        return checker.Report(sent);
    }

    private async Task<EndpointSecrets> Secrets(Actor actor, WebhookEndpointId id)
    {
        var row = (await database.One<SealedSecrets>(actor.Book, """
            select e.secret, e.previous_secret, e.previous_until, t.token as validation_token from webhook_endpoints e
            left join validation_tokens t on t.workspace_id = e.workspace_id and t.mode = e.mode
            where e.workspace_id = @workspace and e.mode = @mode and e.endpoint_id = @id
            """, new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode, id = id.Value }))!;
        return EndpointSecrets.Unseal(sealer, row);
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("d MMM yyyy HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
