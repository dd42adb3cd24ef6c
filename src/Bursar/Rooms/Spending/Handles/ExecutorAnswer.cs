using System.Text.Json;
using Bursar.Core.Rails;
using Bursar.Platform.Outbound;

namespace Bursar.Rooms.Spending.Handles;

/// <summary>
/// Reads what an executor answers (docs/api/handles.md). It paid when it says so with a 2xx, the id of its transaction and the status
/// completed. It did not when it says so with an error code, unless its server was failing (5xx). Everything else tells nothing.
/// </summary>
public static class ExecutorAnswer
{
    private const int TransactionMax = 200;
    private const int CodeMax = 64;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    public static RailAnswer Read(OutboundAnswer answer)
    {
        var unknown = new RailAnswer(RailVerdict.Unknown);
        if (answer.Status is not { } status || answer.Error is not null) return unknown;
        try
        {
            using var document = JsonDocument.Parse(answer.Body, Strict);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("success", out var success)) return unknown;
            return success.ValueKind switch
            {
                JsonValueKind.True when status is >= 200 and <= 299 && Text(root, "status") == "completed"
                    && Text(root, "transactionId") is { Length: >= 1 and <= TransactionMax } id && IsPlain(id)
                    => new RailAnswer(RailVerdict.Succeeded, ProviderReference: id),
                JsonValueKind.False when status is (>= 200 and <= 299) or (>= 400 and <= 499)
                    && Text(root, "errorCode") is { Length: > 0 } code
                    => new RailAnswer(RailVerdict.Refused, code.Length <= CodeMax && IsPlain(code) ? code : "EXECUTOR_REFUSED"),
                _ => unknown,
            };
        }
        catch (JsonException)
        {
            return unknown;
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool IsPlain(string text) => text.All(c => c is > ' ' and <= '~');
}
