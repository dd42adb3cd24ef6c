using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Data;

namespace Bursar.Platform.Http;

/// <summary>Reads request bodies strictly: one JSON object of known members, integers for amounts, at most 1 MB and 32 levels.</summary>
public static class Bodies
{
    public static async Task<Result<T>> Read<T>(HttpContext http) where T : class
    {
        if (!http.Request.HasJsonContentType()) return Problems.Of(415);
        try
        {
            return await JsonSerializer.DeserializeAsync<T>(http.Request.Body, Json.Options, http.RequestAborted) is { } value
                ? value
                : new Error(Errors.MalformedJson, "The body must be a JSON object.");
        }
        catch (JsonException e)
        {
            return Explain(e);
        }
    }

    /// <summary>The same from JSON that did not come as a body.</summary>
    public static Result<T> Parse<T>(string json) where T : class
    {
        try
        {
            return Json.Read<T>(json);
        }
        catch (JsonException e)
        {
            return Explain(e);
        }
    }

    /// <summary>
    /// A merge patch (RFC 7396, one level): members that are sent replace those of <paramref name="before"/> whole, null clears, others
    /// stay.
    /// </summary>
    public static Result<T> Merge<T>(T before, JsonObject change) where T : class
    {
        var whole = JsonSerializer.SerializeToNode(before, Json.Options)!.AsObject();
        foreach (var (name, value) in change) whole[name] = value?.DeepClone();
        return Of<T>(whole);
    }

    public static Result<T> Of<T>(JsonNode json) where T : class
    {
        try { return json.Deserialize<T>(Json.Options)!; }
        catch (JsonException e) { return Explain(e); }
    }

    /// <summary>
    /// The client's key, required on every POST that moves money or creates a payable thing: 1–255 printable ASCII characters.
    /// </summary>
    public static Result<string> KeyOf(HttpContext http)
    {
        var values = http.Request.Headers["Idempotency-Key"];
        if (values.Count == 0)
            return new Error(Errors.IdempotencyKeyRequired, "Send an Idempotency-Key header: 1 to 255 printable characters.");
        return values.Count == 1 ? KeyOf(values.ToString()) : KeyOf("");
    }

    /// <summary>A key that came some other way, by the same rule.</summary>
    public static Result<string> KeyOf(string key) => key.Length is >= 1 and <= 255 && key.All(c => c is >= ' ' and <= '~')
        ? key
        : new Error(Errors.IdempotencyKeyInvalid, "The Idempotency-Key must be 1 to 255 printable characters.");

    /// <summary>Binds the key to what is asked for: the same members in the same order, whatever the spelling of the JSON was.</summary>
    public static IdempotencyKey Bind(string key, string route, object request) =>
        new(route, key, SHA256.HashData(Encoding.UTF8.GetBytes(Json.Write(request))));

    private static Error Explain(JsonException e)
    {
        var pointer = e.Path is null or "$"
            ? ""
            : "/" + string.Join('/', e.Path[1..].Split(['.', '[', ']'], StringSplitOptions.RemoveEmptyEntries));
        // A syntax error has a line; a value that does not fit its member has a path. Both name no input.
        if (pointer.Length == 0 || e.Message.StartsWith("Duplicate", StringComparison.Ordinal))
            return new Error(Errors.MalformedJson, "The body is not valid JSON for this call, or has duplicate or unknown members.");
        return new Error(Errors.ValidationFailed, "A member has the wrong type or is not known here.")
        {
            Fields = [new FieldError(pointer, "invalid", "Wrong type, out of range or not known.")],
        };
    }
}
