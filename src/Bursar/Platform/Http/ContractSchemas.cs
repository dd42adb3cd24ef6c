using System.Text.Json;
using System.Text.Json.Nodes;
using Bursar.Core.Ids;
using Bursar.Core.Results;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Bursar.Platform.Http;

/// <summary>
/// What the records alone do not tell: names of schemas, ids with their prefixes, the bounds of money, the shape of a problem.
/// </summary>
public static class ContractSchemas
{
    public const string ProblemName = "Problem";
    private const long AmountMax = 1_000_000_000_000_000;

    /// <summary>Any id of the document, so that examples of one thing agree with each other.</summary>
    private static readonly Guid SampleId = new("019e5b1c-2f00-7a31-8c5d-4b6e7f809a1b");

    /// <summary>What a member is called says what it holds, the same everywhere (API.md).</summary>
    private static readonly Dictionary<string, JsonNode> Samples = new()
    {
        ["amount"] = 250_000,
        ["payAmount"] = 250_317,
        ["uniqueCode"] = 317,
        ["fee"] = 2_500,
        ["available"] = 248_000_000,
        ["held"] = 252_500,
        ["posted"] = 248_252_500,
        ["currency"] = "IDR",
        ["bankCode"] = "bca",
        ["accountNumber"] = "5270997481",
        ["recipientName"] = "Maya Kusuma",
        ["remark"] = "Invoice 2291",
        ["reference"] = "inv-2291",
        ["makerName"] = "Ada Admin",
        ["name"] = "Ada Admin",
        ["email"] = "ada@example.com",
        ["phone"] = "+6281234567890",
        ["createdVia"] = "api",
        ["destinationType"] = "bank",
        ["url"] = "https://shop.example.com/bursar",
        ["eventType"] = "transfer.succeeded",
        ["WebhookEvent.type"] = "transfer.succeeded",
        ["WebhookEvent.text"] = "Transfer of Rp 250.000 to Maya Kusuma succeeded",
        ["Bank.code"] = "bca",
        ["Bank.name"] = "BCA",
        ["SignInRequest.code"] = "123456",
        ["Policy.name"] = "Agents",
        ["PolicyResource.name"] = "Agents",
        ["PolicyFields.name"] = "Agents",
        ["WorkspaceChoice.name"] = "Kopi Nusantara",
        ["ApiKeyResource.name"] = "Shop",
        ["Transfer.kind"] = "money_transfer",
        ["prefix"] = "bk_test_",
        ["last4"] = "9f3c",
        ["note"] = "First deposit",
        ["contentHash"] = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    };

    /// <summary>Types nested in a use case take its name; ids, and what is no type of ours, stand where they are used.</summary>
    public static string? NameOf(Type type)
    {
        var plain = Nullable.GetUnderlyingType(type) ?? type;
        if (IsId(plain) || plain.Namespace?.StartsWith("Bursar", StringComparison.Ordinal) != true) return null;
        if (plain.IsGenericType)
            return plain.Name[..plain.Name.IndexOf('`', StringComparison.Ordinal)] + "Of" + NameOf(plain.GetGenericArguments()[0]);
        return plain.IsNested ? plain.DeclaringType!.Name + plain.Name : plain.Name;
    }

    public static void Complete(OpenApiSchema schema, OpenApiSchemaTransformerContext context)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (IsId(type)) CompleteId(schema, PrefixOf(type));
        if (type == typeof(DateTimeOffset))
        {
            schema.Type = JsonSchemaType.String;
            schema.Format = "date-time";
            schema.Examples = ["2026-11-20T08:40:51Z"];
        }
        if (type.IsEnum) schema.Type = JsonSchemaType.String;
        if (context.JsonPropertyInfo is { } member && Nullable.GetUnderlyingType(member.PropertyType) is not null)
            schema.Type |= JsonSchemaType.Null;
        var name = context.JsonPropertyInfo?.Name;
        if (name is "amount" or "payAmount" && type == typeof(long))
        {
            schema.Minimum = "1";
            schema.Maximum = AmountMax.ToString(System.Globalization.CultureInfo.InvariantCulture);
            schema.Description = "Minor units of the currency.";
        }
        if (name is null || type.IsEnum) return;
        var sample = Samples.GetValueOrDefault($"{NameOf(context.JsonPropertyInfo!.DeclaringType)}.{name}")
            ?? Samples.GetValueOrDefault(name);
        if (sample is not null && Fits(schema, sample)) schema.Examples = [sample.DeepClone()];
    }

    /// <summary>Every member of an answer that is not 2xx (docs/api/errors.md).</summary>
    public static OpenApiSchema Problem() => new()
    {
        Type = JsonSchemaType.Object,
        Description = "RFC 9457. A code may bring further members: "
            + "missingPermission, available, requested, decisionReason, explain, winner, state, limit.",
        Required = new HashSet<string> { "type", "title", "status", "detail", "instance", "code", "requestId", "outcome", "retry" },
        Properties = new Dictionary<string, IOpenApiSchema>
        {
            ["type"] = Text("Explains the code; a page of this installation.", "https://bursar.example/errors/validation_failed"),
            ["title"] = Text("The same for each occurrence of the code.", Errors.ValidationFailed.Title),
            ["status"] = new OpenApiSchema { Type = JsonSchemaType.Integer, Examples = [422] },
            ["detail"] = Text("What happened this time.", "At least 10000 rupiah."),
            ["instance"] = Text("The request.", "urn:bursar:request:" + Id("req_")),
            ["code"] = new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Enum = [.. Errors.All.Select(c => c.Code).Distinct().Select(c => (JsonNode)c)],
            },
            ["requestId"] = IdSchema("req_"),
            ["outcome"] = Choice<EffectOutcome>("Whether the effect that was asked for exists now."),
            ["retry"] = Choice<Retry>("What may be done next: after Retry-After, safe with the same Idempotency-Key, as a new request."),
            ["errors"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Array,
                MaxItems = 50,
                Items = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Required = new HashSet<string> { "code", "detail" },
                    Properties = new Dictionary<string, IOpenApiSchema>
                    {
                        ["pointer"] = Text("RFC 6901, into the body.", "/amount"),
                        ["parameter"] = Text("Or the name of a parameter or header.", "after"),
                        ["code"] = Text("", "too_small"),
                        ["detail"] = Text("", "At least 10000 rupiah."),
                    },
                },
            },
            ["resource"] = new OpenApiSchema
            {
                Type = JsonSchemaType.Object,
                Description = "What exists already.",
                Properties = new Dictionary<string, IOpenApiSchema>
                {
                    ["type"] = Text("", "transfer"),
                    ["id"] = Text("", Id("tr_")),
                    ["url"] = Text("", "/v1/transfers/" + Id("tr_")),
                },
            },
        },
    };

    public static OpenApiSchema IdSchema(string prefix)
    {
        var schema = new OpenApiSchema();
        CompleteId(schema, prefix);
        return schema;
    }

    public static string Id(string prefix) => prefix + Base32.Encode(SampleId);

    private static bool IsId(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Id<>);

    /// <summary>The prefix of the type's kind, such as <c>tr_</c>.</summary>
    private static string PrefixOf(Type id) => (string)id.GetGenericArguments()[0].GetProperty(nameof(IIdKind.Prefix))!.GetValue(null)!;

    private static void CompleteId(OpenApiSchema schema, string prefix)
    {
        schema.Type = JsonSchemaType.String;
        schema.Pattern = $"^{prefix}[0-7][0-9a-hjkmnp-tv-z]{{25}}$";
        schema.Examples = [Id(prefix)];
    }

    private static bool Fits(OpenApiSchema schema, JsonNode sample) => schema.Type is { } type
        && type.HasFlag(sample.GetValueKind() == JsonValueKind.Number ? JsonSchemaType.Integer : JsonSchemaType.String);

    private static OpenApiSchema Text(string says, string sample) =>
        new() { Type = JsonSchemaType.String, Description = says.Length > 0 ? says : null, Examples = [sample] };

    private static OpenApiSchema Choice<TEnum>(string says) where TEnum : struct, Enum =>
        new()
        {
            Type = JsonSchemaType.String,
            Description = says,
            Enum = [.. Enum.GetValues<TEnum>().Select(v => (JsonNode)Data.Json.Name(v))],
        };
}
