using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using ModelContextProtocol.Protocol;

namespace Bursar.Rooms.Spending.Mcp;

/// <summary>
/// One tool: what a model reads about it, and what it does, which answers with JSON. Its input is a record, read as strictly as a body of
/// the API; the schema is made from it, so that the two cannot differ.
/// </summary>
public sealed record AgentTool(Tool Shown, Func<Actor, string, Task<Result<string>>> Do)
{
    private static readonly JsonSchemaExporterOptions Exporter = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Describe };

    public static AgentTool Of<TInput>(
        string name, string title, string description, ToolAnnotations hints, Func<Actor, TInput, Task<Result<string>>> act)
        where TInput : class =>
        new(new Tool
        {
            Name = name,
            Title = title,
            Description = description,
            InputSchema = JsonSerializer.SerializeToElement(Json.Options.GetJsonSchemaAsNode(typeof(TInput), Exporter)),
            Annotations = hints,
        },
        async (actor, arguments) =>
        {
            var input = Bodies.Parse<TInput>(arguments);
            return input.Ok ? await act(actor, input.Value) : input.Error;
        });

    private static JsonNode Describe(JsonSchemaExporterContext context, JsonNode schema)
    {
        if (context.PropertyInfo is null) return schema;
        var told = schema as JsonObject ?? [];
        // An id has a converter of its own, so its schema says nothing; on the wire it is text.
        told["type"] ??= "string";
        // What may be left out need not be null as well: many models' own schemas know no choice of types.
        if (told["type"] is JsonArray choice) told["type"] = choice[0]!.DeepClone();
        told.Remove("default");
        if (context.PropertyInfo.AttributeProvider?.GetCustomAttributes(typeof(DescriptionAttribute), false) is [DescriptionAttribute says])
            told["description"] = says.Description;
        return told;
    }
}
