using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Bursar.Core.Ids;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Bursar.Platform.Http;

/// <summary>
/// What every operation of the contract has beyond its types: name, group, parameters, examples, who may call, how it fails.
/// </summary>
public static class ContractOperations
{
    private static readonly string[] Small = ["a", "an", "the", "to", "of", "by", "for", "this"];
    private static readonly string[] Schemes = ["bearer", "header", "session"];

    public static async Task Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        var document = context.Document!;
        var route = context.Description;
        if (route.ActionDescriptor.EndpointMetadata.OfType<Operation>().FirstOrDefault() is not { } said)
            throw new InvalidOperationException(
                $"{route.HttpMethod} /{route.RelativePath} is not described: add .Describe(…) where it is mapped");
        operation.Summary = said.Summary;
        operation.OperationId = NameOf(said.Summary);
        operation.Tags = new HashSet<OpenApiTagReference> { new(TagOf("/" + route.RelativePath), document) };
        operation.Parameters = [.. (operation.Parameters ?? []).Where(p => p.In == ParameterLocation.Path)
            .Select(p => PathParameter(p, route.RelativePath!))];
        foreach (var query in said.Query) operation.Parameters.Add(await QueryParameter(query, context, ct));
        if (said.TakesKey) operation.Parameters.Add(KeyHeader());
        operation.Security = said.IsPublic ? [] : [.. Schemes.Select(scheme =>
            new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme, document)] = [] })];
        if (said.Example is not null && operation.RequestBody?.Content?["application/json"] is { } body)
            body.Example = JsonSerializer.SerializeToNode(said.Example, said.Example.GetType(), Brief);
        if (said.Form.Count > 0)
        {
            operation.RequestBody ??= new OpenApiRequestBody { Required = true, Content = new Dictionary<string, OpenApiMediaType>() };
            operation.RequestBody.Content!["multipart/form-data"] = Form(said);
        }
        if (said.OrAnswers is { } other && operation.Responses!["200"].Content!["application/json"] is { } either)
            either.Schema = new OpenApiSchema
            {
                OneOf = [either.Schema!, new OpenApiSchemaReference(ContractSchemas.NameOf(other)!, document)],
            };
        foreach (var (status, answer) in operation.Responses ?? [])
        {
            answer.Description = status switch { "201" => "Made", "202" => "Taken", "204" => "Done", _ => "As asked" };
            if (said.TakesKey && answer is OpenApiResponse made)
                made.Headers = new Dictionary<string, IOpenApiHeader>
                {
                    ["Idempotency-Replayed"] = new OpenApiHeader
                    {
                        Description = "true when an earlier call with this key made it.",
                        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
                    },
                };
        }
        foreach (var status in Failures(said, route.HttpMethod!, route.RelativePath!))
            operation.Responses![status.ToString(CultureInfo.InvariantCulture)] = Failure(status, document);
        operation.Responses!["default"] = Failure(null, document);
    }

    /// <summary>What a group is about, in a sentence.</summary>
    public static string About(string tag) => tag switch
    {
        "API keys" => "What a system shows to be let in.",
        "Approvals" => "What waits for a person, and what people decided. Only members decide.",
        "Attachments" => "The invoices of payments abroad.",
        "Audit" => "Who did what, from where, before and after: the journal, hash-chained.",
        "Balances" => "What is there, what is held, what is free.",
        "Banks" => "Where money can be sent.",
        "Contract" => "This document.",
        "Corridors" => "Where money can be sent abroad, and what is asked there.",
        "Deliveries" => "What was sent to webhook endpoints, and what they answered.",
        "Events" => "The book's public facts in order, for those who do not take webhooks or missed some.",
        "API requests" => "The last calls of each key: what was asked, what was answered.",
        "Applications" => "A business asks to be let in.",
        "International transfers" => "Money abroad, for a quote that still holds.",
        "Information requests" => "What the other side wants to know of a transfer abroad.",
        "Invitations" => "How members get in.",
        "IP rules" => "From where keys may call.",
        "Webhook verifications" => "A pasted message, examined.",
        "Ledger" => "The double-entry books, read only.",
        "Members" => "The people of the workspace and their roles.",
        "Policies" => "The rules that every disbursement passes.",
        "Quotes" => "What an amount abroad costs in rupiah.",
        "Refunds" => "Money that is asked to go back, and what became of it.",
        "Sessions" => "Sign-in of members.",
        "Test mode" => "The payer and the bank, played by you. Test keys only.",
        "Top-ups" => "Money into the deposit, recognised by an exact amount.",
        "Transfer batches" => "Many transfers from one file: checked, submitted, approved and paid row by row.",
        "Transfers" => "Rupiah to a bank account, virtual account or e-wallet.",
        "Validation token" => "The static secret beside each webhook's signature.",
        "Workspace" => "The company, its settings and switches.",
        "Webhook endpoints" => "Where events are sent.",
        _ => tag + ".",
    };

    /// <summary>The group: what comes first in the path, in words.</summary>
    public static string TagOf(string path)
    {
        var words = path.Split('/')[2].Replace('-', ' ').Replace(".json", "", StringComparison.Ordinal);
        return words switch
        {
            "api keys" => "API keys",
            "api requests" => "API requests",
            "ip rules" => "IP rules",
            "test" => "Test mode",
            "top ups" => "Top-ups",
            "openapi" => "Contract",
            _ => char.ToUpperInvariant(words[0]) + words[1..],
        };
    }

    /// <summary>"Cancel a transfer" is cancelTransfer.</summary>
    private static string NameOf(string summary)
    {
        var words = summary.Split([' ', '-', ',', '\''], StringSplitOptions.RemoveEmptyEntries).Where(w => !Small.Contains(w)).ToList();
        return string.Concat(words.Select((w, i) => i == 0 ? w.ToLowerInvariant() : char.ToUpperInvariant(w[0]) + w[1..]));
    }

    private static OpenApiParameter PathParameter(IOpenApiParameter given, string path)
    {
        var schema = PrefixOf(path) is { } prefix ? ContractSchemas.IdSchema(prefix) : new OpenApiSchema { Type = JsonSchemaType.String };
        return new OpenApiParameter { Name = given.Name, In = ParameterLocation.Path, Required = true, Schema = schema };
    }

    /// <summary>The prefix of the ids that stand behind this part of a path (API.md).</summary>
    private static string? PrefixOf(string path) => path.Split('/')[1] switch
    {
        "transfers" => TransferKind.Prefix,
        "transfer-batches" => BatchKind.Prefix,
        "international-transfers" => InternationalTransferKind.Prefix,
        "information-requests" => InformationRequestKind.Prefix,
        "top-ups" => TopUpKind.Prefix,
        "refunds" => RefundKind.Prefix,
        "approvals" => ApprovalKind.Prefix,
        "policies" => PolicyKind.Prefix,
        "members" => MemberKind.Prefix,
        "sessions" => SessionKind.Prefix,
        "api-keys" => ApiKeyKind.Prefix,
        "webhook-endpoints" => WebhookEndpointKind.Prefix,
        "deliveries" => DeliveryKind.Prefix,
        "ip-rules" => IpRuleKind.Prefix,
        _ => null,
    };

    private static async Task<OpenApiParameter> QueryParameter(
        QueryParameter query, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        IOpenApiSchema schema = query.Type.IsEnum
            ? new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Enum = [.. Enum.GetNames(query.Type).Select(n => (JsonNode)JsonNamingPolicy.SnakeCaseLower.ConvertName(n))],
            }
            : await context.GetOrCreateSchemaAsync(query.Type, cancellationToken: ct);
        if (query == Http.QueryParameter.Limit)
            schema = new OpenApiSchema { Type = JsonSchemaType.Integer, Minimum = "1", Maximum = "200", Default = 50 };
        return new OpenApiParameter
        {
            Name = query.Name,
            In = ParameterLocation.Query,
            Description = query.Repeats ? query.Says + " Repeated: any of them." : query.Says,
            Schema = query.Repeats ? new OpenApiSchema { Type = JsonSchemaType.Array, Items = schema } : schema,
        };
    }

    private static OpenApiMediaType Form(Operation said) => new()
    {
        Schema = new OpenApiSchema
        {
            Type = JsonSchemaType.Object,
            Required = new HashSet<string> { said.Form[0].Name },
            Properties = said.Form.ToDictionary(f => f.Name, f => (IOpenApiSchema)new OpenApiSchema
            {
                Type = JsonSchemaType.String,
                Format = f == said.Form[0] ? "binary" : null,
                Description = f.Says,
            }),
        },
    };

    private static OpenApiParameter KeyHeader() => new()
    {
        Name = "Idempotency-Key",
        In = ParameterLocation.Header,
        Required = true,
        Description = "Names this one effect: the same key and body give the stored answer again, for 30 days; another body is refused.",
        Schema = new OpenApiSchema
        {
            Type = JsonSchemaType.String,
            MinLength = 1,
            MaxLength = 255,
            Pattern = "^[ -~]{1,255}$",
            Examples = ["0d3adf5c-invoice-2291"],
        },
    };

    private static List<int> Failures(Operation said, string method, string path)
    {
        var statuses = new List<int> { 400 };
        if (!said.IsPublic || said.Example is not null) statuses.AddRange([401, 403]);
        if (path.Contains('{', StringComparison.Ordinal)) statuses.Add(404);
        if (method != "GET") statuses.AddRange([409, 422]);
        if (said.Example is not null || said.Form.Count > 0) statuses.AddRange([413, 415]);
        statuses.AddRange([429, 503]);
        return statuses;
    }

    private static OpenApiResponse Failure(int? status, OpenApiDocument document) => new()
    {
        Description = status is { } known
            ? string.Join(", ", Errors.All.Where(c => c.Status == known).Select(c => $"`{c.Code}`").Distinct())
            : "Any other failure.",
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(ContractSchemas.ProblemName, document) },
        },
    };

    /// <summary>As everything is written, without the members that are not given.</summary>
    private static readonly JsonSerializerOptions Brief =
        new(Json.Options) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };
}
