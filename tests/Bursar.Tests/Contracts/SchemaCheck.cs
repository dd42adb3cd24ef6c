using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Bursar.Tests.Contracts;

/// <summary>Does a JSON value fit a schema of the served contract? The part of JSON Schema 2020-12 that the contract uses.</summary>
public sealed class SchemaCheck(JsonNode document)
{
    /// <summary>
    /// What is wrong with an answer to this operation, or nothing. An operation or status that is not in the contract is wrong too.
    /// </summary>
    public IEnumerable<string> Answer(string method, string path, int status, string contentType, string body)
    {
        var answers = document["paths"]?[path]?[method.ToLowerInvariant()]?["responses"];
        if (answers is null) return [$"{method} {path} is not in the contract"];
        if ((answers[$"{status}"] ?? (status >= 400 ? answers["default"] : null)) is not { } answer)
            return [$"{status} is not in the contract"];
        var type = contentType.Split(';')[0];
        if (answer["content"] is not { } content) return body.Length == 0 ? [] : ["a body that the contract does not know"];
        if (type == "application/pdf" && content[type] is not null)
            return body.StartsWith("%PDF-", StringComparison.Ordinal) ? [] : ["it is no PDF"];
        return content[type]?["schema"] is { } schema ? Value(schema, JsonNode.Parse(body), "$") : [$"{type} is not in the contract"];
    }

    private IEnumerable<string> Value(JsonNode schema, JsonNode? value, string at)
    {
        if (schema["$ref"]?.GetValue<string>() is { } reference) schema = document["components"]!["schemas"]![reference.Split('/')[^1]]!;
        if (schema["oneOf"] is JsonArray either)
            return either.Any(s => !Value(s!, value, at).Any()) ? [] : [$"{at} fits none of {either.Count}"];
        if (schema["type"] is { } type && !Types(type).Contains(KindOf(value))
            && !(KindOf(value) == "integer" && Types(type).Contains("number")))
            return [$"{at} is {KindOf(value)}, not {type.ToJsonString()}"];
        return value switch
        {
            JsonObject given => Members(schema, given, at),
            JsonArray list => schema["items"] is { } items ? list.SelectMany((item, i) => Value(items, item, $"{at}[{i}]")) : [],
            null => [],
            _ => Plain(schema, value, at),
        };
    }

    private IEnumerable<string> Members(JsonNode schema, JsonObject given, string at)
    {
        foreach (var name in schema["required"]?.AsArray() ?? [])
            if (!given.ContainsKey(name!.GetValue<string>())) yield return $"{at} lacks {name}";
        if (schema["properties"] is not JsonObject known) yield break;
        foreach (var (name, value) in given)
        {
            if (known[name] is not { } member)
            {
                // Codes bring members of their own to a problem; nothing else may.
                if (!known.ContainsKey("requestId")) yield return $"{at}.{name} is not in the contract";
                continue;
            }
            foreach (var wrong in Value(member, value, $"{at}.{name}")) yield return wrong;
        }
    }

    private static IEnumerable<string> Plain(JsonNode schema, JsonNode value, string at)
    {
        if (schema["enum"] is JsonArray values && !values.Any(v => JsonNode.DeepEquals(v, value)))
            yield return $"{at} is {value.ToJsonString()}, none of the enum";
        if (schema["pattern"]?.GetValue<string>() is { } pattern && !Regex.IsMatch(value.GetValue<string>(), pattern))
            yield return $"{at} does not match {pattern}";
        if (schema["minimum"] is { } least && value.GetValue<long>() < long.Parse(least.ToString())) yield return $"{at} is below {least}";
        if (schema["format"]?.GetValue<string>() == "date-time" && !DateTimeOffset.TryParse(value.GetValue<string>(), out _))
            yield return $"{at} is no moment";
    }

    private static IEnumerable<string> Types(JsonNode type) =>
        type is JsonArray several ? several.Select(t => t!.GetValue<string>()) : [type.GetValue<string>()];

    private static string KindOf(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => "integer",
        _ => "boolean",
    };
}
