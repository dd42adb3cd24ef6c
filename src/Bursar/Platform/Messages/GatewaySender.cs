using System.Text.Json;
using Bursar.Core.Access;
using Bursar.Platform.Outbound;

namespace Bursar.Platform.Messages;

/// <summary>
/// SMS or WhatsApp through an HTTP gateway: POST <c>{"id", "channel", "to", "text"}</c> with the token as bearer and the id as
/// Idempotency-Key; 2xx takes it, another 4xx than 408 and 429 refuses it for good. Guarded like every outbound call.
/// </summary>
public sealed class GatewaySender(MessageChannel channel, GatewaySettings settings, OutboundClient outbound) : IMessageSender
{
    public MessageChannel Channel => channel;

    public async Task<SendAnswer> Send(Guid id, OutgoingMessage message, MailFile? file, CancellationToken ct)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new { id, channel = channel.ToString().ToLowerInvariant(), to = message.To, text = message.Text });
        var headers = new Dictionary<string, string> { ["Idempotency-Key"] = id.ToString("N") };
        if (settings.Token is not null) headers["Authorization"] = $"Bearer {settings.Token}";
        var call = new OutboundRequest(Mode.Live, HttpMethod.Post, settings.Url, body, headers, WantsBody: false);
        var answer = await outbound.Send(call, ct);
        return answer.Status switch
        {
            >= 200 and < 300 => SendAnswer.Taken,
            { } status => new SendAnswer($"The gateway answered {status}.", status is >= 400 and < 500 and not (408 or 429)),
            null => new SendAnswer(answer.Error),
        };
    }
}
