using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bursar.Core.Access;
using Bursar.Platform.Data;

namespace Bursar.Platform.Webhooks;

/// <summary>What <see cref="EventRow.Json"/> writes, for the contract: <see cref="Data"/> is what GET of the resource returns.</summary>
public sealed record WebhookEvent(
    EventId Id, string Type, Mode Mode, WorkspaceId WorkspaceId, DateTimeOffset OccurredAt, long Sequence, string Text, JsonObject Data);

/// <summary>An event as the feed shows it and webhooks carry it; the same bytes at every attempt.</summary>
public sealed record EventRow
{
    public Guid WorkspaceId { get; init; }
    public short Mode { get; init; }
    public long Position { get; init; }
    public Guid EventId { get; init; }
    public required string Type { get; init; }
    public DateTimeOffset BookedAt { get; init; }
    public required string Data { get; init; }

    /// <summary>The event in one readable line.</summary>
    public string Text
    {
        get
        {
            using var data = JsonDocument.Parse(Data);
            return WebhookText.Of(Type, data.RootElement);
        }
    }

    public string Json()
    {
        var mode = Mode == (short)Core.Access.Mode.Test ? "test" : "live";
        var (at, text) = (Platform.Data.Json.Write(BookedAt), Platform.Data.Json.Write(Text));
        return $$"""{"id":"{{new EventId(EventId)}}","type":"{{Type}}","mode":"{{mode}}","""
            + $$"""
            "workspaceId":"{{new WorkspaceId(WorkspaceId)}}",
            """
            + $$"""
            "occurredAt":{{at}},"sequence":{{Position}},"text":{{text}},"data":{{Data}}}
            """;
    }

    public byte[] Bytes() => Encoding.UTF8.GetBytes(Json());
}
