using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Bursar.Sdk;

/// <summary>A fact of the book, from the feed or a webhook. <paramref name="Data"/> is what GET of the resource returned then.</summary>
public sealed record WebhookEvent(
    string Id, string Type, string Mode, string WorkspaceId, DateTimeOffset OccurredAt, long Sequence, string Text, JsonElement Data)
{
    /// <summary>The data as a type of this package: <c>DataAs&lt;Transfer&gt;()</c> for <c>transfer.*</c>.</summary>
    public T DataAs<T>() => Data.Deserialize<T>(Transport.Json) ?? throw new JsonException("null");
}

/// <summary>/v1/events: catching up without webhooks, without a gap.</summary>
public sealed class Events
{
    private readonly Transport transport;
    internal Events(Transport transport) => this.transport = transport;

    /// <summary>
    /// Every event behind <paramref name="after"/> (a <see cref="WebhookEvent.Sequence"/>; 0 for all), oldest first, up to the newest.
    /// </summary>
    public async IAsyncEnumerable<WebhookEvent> After(long after, [EnumeratorCancellation] CancellationToken ct = default)
    {
        while (true)
        {
            var path = "/v1/events" + new Query().Add("after", after).Add("limit", 200L);
            var page = await transport.Get<Page<WebhookEvent>>(path, ct).ConfigureAwait(false);
            foreach (var fact in page.Data)
            {
                after = fact.Sequence;
                yield return fact;
            }
            if (page.NextCursor is null) yield break;
        }
    }
}
