using System.Text;
using System.Text.Json;
using Bursar.Core.Access;
using Bursar.Platform.Data;

namespace Bursar.Platform.Webhooks;

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

    public string Json()
    {
        using var data = JsonDocument.Parse(Data);
        var mode = Mode == (short)Core.Access.Mode.Test ? "test" : "live";
        var (at, text) = (Platform.Data.Json.Write(BookedAt), Platform.Data.Json.Write(Text(Type, data.RootElement)));
        return $$"""{"id":"{{new EventId(EventId)}}","type":"{{Type}}","mode":"{{mode}}","workspaceId":"{{new WorkspaceId(WorkspaceId)}}","""
            + $$""" "occurredAt":{{at}},"sequence":{{Position}},"text":{{text}},"data":{{Data}}}""";
    }

    public byte[] Bytes() => Encoding.UTF8.GetBytes(Json());

    /// <summary>One readable line, so that chat tools can take the body as it is.</summary>
    private static string Text(string type, JsonElement data)
    {
        var parts = type.Split('.');
        var what = char.ToUpperInvariant(parts[0][0]) + parts[0][1..].Replace('_', ' ');
        var text = new StringBuilder(what);
        if (data.ValueKind == JsonValueKind.Object)
        {
            if (data.TryGetProperty("amount", out var amount) && data.TryGetProperty("currency", out var currency)) text.Append(" of ").Append(currency).Append(' ').Append(amount);
            if (data.TryGetProperty("bankCode", out var bank) && data.TryGetProperty("accountNumber", out var account)) text.Append(" to ").Append(bank).Append(' ').Append(account);
            if (data.TryGetProperty("beneficiary", out var beneficiary) && beneficiary.ValueKind == JsonValueKind.String) text.Append(" to ").Append(beneficiary);
            if (data.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String) text.Append(' ').Append(name);
        }
        return text.Append(": ").Append(parts[1].Replace('_', ' ')).ToString();
    }
}
