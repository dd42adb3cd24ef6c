using System.Text.Json.Nodes;
using Bursar.Platform.Data;
using Bursar.Platform.Messages;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Bursar.Platform.Http;

/// <summary>
/// The OpenAPI 3.1 document of /v1, made from the routes themselves and the records they read and write (GET /v1/openapi.json). Made once
/// a process: routes do not change while it runs.
/// </summary>
public sealed class Contract(IServiceProvider services)
{
    public const string Path = "/v1/openapi.json";
    private const string Name = "v1";
    private readonly Lazy<Task<OpenApiDocument>> document = new(() =>
        services.GetRequiredKeyedService<IOpenApiDocumentProvider>(Name).GetOpenApiDocumentAsync());

    public static void Add(IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(http =>
        {
            var to = http.SerializerOptions;
            to.PropertyNamingPolicy = Json.Options.PropertyNamingPolicy;
            to.NumberHandling = Json.Options.NumberHandling;
            to.RespectNullableAnnotations = Json.Options.RespectNullableAnnotations;
            to.RespectRequiredConstructorParameters = Json.Options.RespectRequiredConstructorParameters;
            foreach (var converter in Json.Options.Converters) to.Converters.Add(converter);
        });
        services.AddOpenApi(Name, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = route => route.RelativePath?.StartsWith("v1/", StringComparison.Ordinal) == true;
            options.CreateSchemaReferenceId = json => ContractSchemas.NameOf(json.Type);
            options.AddSchemaTransformer((schema, context, _) => { ContractSchemas.Complete(schema, context); return Task.CompletedTask; });
            options.AddOperationTransformer(ContractOperations.Complete);
            options.AddDocumentTransformer(Complete);
        });
        services.AddSingleton<Contract>();
    }

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet(Path, async (HttpContext http, Contract contract) =>
    {
        http.Response.Headers.CacheControl = "no-cache";
        await Api.WriteJson(http, 200, await contract.Text());
    }).Describe<JsonObject>("Get this contract", isPublic: true);

    public Task<OpenApiDocument> Document() => document.Value;

    private async Task<string> Text() => await (await document.Value).SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1);

    private static Task Complete(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken ct)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Bursar",
            Version = Frame.Version,
            Summary = "Money in, money out and agent spend under one set of rules",
            Description = """
                Amounts are integers in minor units of their currency; IDR has none, so they are whole rupiah. Times are RFC 3339 in UTC.
                Ids are opaque. The key decides the workspace and the mode: bk_test_… moves no real money. Every answer has a Request-Id;
                every answer that is not 2xx is application/problem+json, and its code is what to branch on.
                """,
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };
        document.Servers = [new OpenApiServer { Url = context.ApplicationServices.GetRequiredService<MessageSettings>().PublicUrl ?? "/" }];
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            ["bearer"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "An API key: bk_test_… or bk_live_…",
            },
            ["header"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Header,
                Name = "x-api-key",
                Description = "The same key.",
            },
            ["session"] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = "bursar_session",
                Description = "A member's session (over https __Host-bursar_session). "
                    + "Send Bursar-Mode: test or live, and on unsafe calls X-CSRF-Token.",
            },
        };
        document.Components.Schemas ??= new Dictionary<string, IOpenApiSchema>();
        document.Components.Schemas[ContractSchemas.ProblemName] = ContractSchemas.Problem();
        document.Tags = new HashSet<OpenApiTag>(document.Paths.Keys
            .Select(ContractOperations.TagOf).Distinct().Order(StringComparer.Ordinal)
            .Select(tag => new OpenApiTag { Name = tag, Description = ContractOperations.About(tag) }));
        return Task.CompletedTask;
    }
}
