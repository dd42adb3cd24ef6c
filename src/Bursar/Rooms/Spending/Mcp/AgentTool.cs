using System.ComponentModel;
using System.Reflection;
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
    private static readonly JsonSchemaExporterOptions Exporter = new() { TreatNullObliviousAsNonNullable = true };

    public static AgentTool Of<TInput>(
        string name, string title, string description, ToolAnnotations hints, Func<Actor, TInput, Task<Result<string>>> act)
        where TInput : class =>
        new(new Tool
        {
            Name = name,
            Title = title,
            Description = description,
            InputSchema = SchemaOf(typeof(TInput)),
            Annotations = hints,
        },
        async (actor, arguments) =>
        {
            var input = Bodies.Parse<TInput>(arguments);
            return input.Ok ? await act(actor, input.Value) : input.Error;
        });

    private static JsonElement SchemaOf(Type input)
    {
        var schema = Json.Options.GetJsonSchemaAsNode(input, Exporter);
        var members = schema["properties"]!.AsObject();
        foreach (var property in input.GetProperties())
        {
            var name = JsonNamingPolicy.CamelCase.ConvertName(property.Name);
            if (members[name] is not JsonObject told) members[name] = told = [];
            // An id has a converter of its own, of which the exporter knows nothing; on the wire it is text.
            told["type"] ??= "string";
            // What may be left out need not be null as well: many models' own schemas know no choice of types.
            if (told["type"] is JsonArray choice) told["type"] = choice[0]!.DeepClone();
            told.Remove("default");
            told["description"] = property.GetCustomAttribute<DescriptionAttribute>()!.Description;
        }
        return JsonSerializer.SerializeToElement(schema);
    }
}
