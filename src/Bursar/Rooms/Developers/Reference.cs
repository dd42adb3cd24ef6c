using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bursar.Platform.Http;
using Microsoft.OpenApi;

namespace Bursar.Rooms.Developers;

public sealed record ReferenceGroup(string Name, string About, IReadOnlyList<ReferenceCall> Calls)
{
    public string Anchor => Name.ToLowerInvariant().Replace(' ', '-');
}

public sealed record ReferenceMember(string Name, string Type, bool Required, string? Says);

/// <summary>One operation as the reference page shows it; <see cref="Answer"/> is a sample of what comes back.</summary>
public sealed record ReferenceCall(
    string Id, string Method, string Path, string Summary, IReadOnlyList<ReferenceMember> Parameters, IReadOnlyList<ReferenceMember> Body,
    string? Sample, string? Answer, string Status, IReadOnlyList<(string Status, string Codes)> Failures, bool TakesKey, bool IsPublic,
    bool IsUpload)
{
    /// <summary>The call as a line for a shell.</summary>
    public string Curl(string address, string key)
    {
        var text = new StringBuilder("curl");
        if (Method != "GET") text.Append(" -X ").Append(Method);
        var id = Parameters.FirstOrDefault(p => p.Name == "id")?.Says ?? "ID";
        text.Append(' ').Append(address).Append(Path.Replace("{id}", id, StringComparison.Ordinal));
        if (!IsPublic) text.Append(" \\\n  -H 'Authorization: Bearer ").Append(key).Append('\'');
        if (TakesKey) text.Append(" \\\n  -H \"Idempotency-Key: $(uuidgen)\"");
        if (IsUpload)
            foreach (var part in Body.Where(p => p.Required)) text.Append(" \\\n  -F ").Append(part.Name).Append("=@FILE");
        if (Sample is not null) text.Append(" \\\n  -H 'Content-Type: application/json' \\\n  -d '").Append(Sample).Append('\'');
        return text.ToString();
    }
}

/// <summary>The served contract in the order and words of a page.</summary>
public static class Reference
{
    private const int DepthMax = 6;
    private static readonly JsonSerializerOptions Pretty = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static IReadOnlyList<ReferenceGroup> Of(OpenApiDocument document) =>
    [
        .. document.Paths
            .SelectMany(path => path.Value.Operations!
                .Select(o => (Tag: ContractOperations.TagOf(path.Key), Call: CallOf(path.Key, o.Key.Method, o.Value))))
            .GroupBy(c => c.Tag)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new ReferenceGroup(g.Key, ContractOperations.About(g.Key), [.. g.Select(c => c.Call)])),
    ];

    private static ReferenceCall CallOf(string path, string method, OpenApiOperation operation)
    {
        var bodies = operation.RequestBody?.Content ?? new Dictionary<string, OpenApiMediaType>();
        var isUpload = !bodies.TryGetValue("application/json", out var body) && bodies.TryGetValue("multipart/form-data", out body);
        var (status, good) = operation.Responses!.First(r => r.Key[0] == '2');
        var answer = good.Content is { } content && content.TryGetValue("application/json", out var json) ? SampleOf(json.Schema, 0) : null;
        return new ReferenceCall(operation.OperationId!, method, path, operation.Summary!,
            [.. (operation.Parameters ?? []).Select(Parameter)],
            body?.Schema is { } schema ? Members(schema) : [], body?.Example?.ToJsonString(Pretty), answer?.ToJsonString(Pretty), status,
            [.. operation.Responses!.Where(r => r.Key[0] is '4' or '5').OrderBy(r => r.Key, StringComparer.Ordinal)
                .Select(r => (r.Key, r.Value.Description!.Replace("`", "", StringComparison.Ordinal)))],
            operation.Parameters?.Any(p => p.In == ParameterLocation.Header) == true, operation.Security is not { Count: > 0 },
            isUpload);
    }

    /// <summary>What stands in the path says it by an example, what may be added by its description.</summary>
    private static ReferenceMember Parameter(IOpenApiParameter p) =>
        new(p.Name!, TypeOf(p.Schema), p.Required, p.In == ParameterLocation.Path ? SampleOf(p.Schema, 0)?.ToString() : p.Description);

    private static List<ReferenceMember> Members(IOpenApiSchema schema) =>
        [.. (schema.Properties ?? new Dictionary<string, IOpenApiSchema>()).Select(p =>
            new ReferenceMember(p.Key, TypeOf(p.Value), schema.Required?.Contains(p.Key) == true, p.Value.Description))];

    private static string TypeOf(IOpenApiSchema? schema)
    {
        if (schema is null) return "";
        if (schema.Enum is { Count: > 0 } values) return string.Join(" · ", values.Select(v => v.ToString()));
        if (schema.OneOf is { Count: > 0 } either) return TypeOf(either.FirstOrDefault(s => s.Type != JsonSchemaType.Null));
        var type = (schema.Type ?? JsonSchemaType.Object) & ~JsonSchemaType.Null;
        if (type == JsonSchemaType.Array) return "list of " + TypeOf(schema.Items);
        return schema.Format is "date-time" ? "moment" : type.ToString().ToLowerInvariant();
    }

    /// <summary>An instance of a schema, made of the members' own examples.</summary>
    private static JsonNode? SampleOf(IOpenApiSchema? schema, int depth)
    {
        if (schema is null || depth > DepthMax) return null;
        if (schema.Examples is { Count: > 0 } examples) return examples[0].DeepClone();
        if (schema.Enum is { Count: > 0 } values) return values[0].DeepClone();
        if (schema.OneOf is { Count: > 0 } either) return SampleOf(either.FirstOrDefault(s => s.Type != JsonSchemaType.Null), depth + 1);
        var type = schema.Type ?? JsonSchemaType.Object;
        if (type.HasFlag(JsonSchemaType.Null)) return null;
        if (type == JsonSchemaType.Array) return SampleOf(schema.Items, depth + 1) is { } item ? new JsonArray(item) : new JsonArray();
        if (type == JsonSchemaType.Object)
            return new JsonObject((schema.Properties ?? new Dictionary<string, IOpenApiSchema>())
                .Select(p => KeyValuePair.Create(p.Key, SampleOf(p.Value, depth + 1))));
        return type switch { JsonSchemaType.Boolean => true, JsonSchemaType.Integer or JsonSchemaType.Number => 1, _ => "…" };
    }
}
