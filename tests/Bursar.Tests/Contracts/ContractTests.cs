using System.Diagnostics;
using System.Net;
using Bursar.Tests.Given;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Bursar.Tests.Contracts;

/// <summary>GET /v1/openapi.json: every route, typed by the real records, clean to a foreign linter.</summary>
public sealed class ContractTests(Product product)
{
    private const string Linter = "@redocly/cli@2";

    [Fact]
    public async Task every_route_below_v1_is_in_the_document_and_nothing_else()
    {
        var document = await Document();
        var told = document.Json["paths"]!.AsObject()
            .SelectMany(p => p.Value!.AsObject().Select(o => $"{o.Key.ToUpperInvariant()} {p.Key}"));
        var routes = product.Services.GetServices<EndpointDataSource>().SelectMany(s => s.Endpoints).OfType<RouteEndpoint>()
            .Where(r => r.RoutePattern.RawText!.StartsWith("/v1/", StringComparison.Ordinal))
            .SelectMany(r => r.Metadata.GetRequiredMetadata<HttpMethodMetadata>().HttpMethods.Select(m => $"{m} {r.RoutePattern.RawText}"));
        Assert.Equal(routes.Order(StringComparer.Ordinal), told.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task names_security_idempotency_ids_money_and_problems()
    {
        var document = (await Document()).Json;
        Assert.StartsWith("3.1", document["openapi"]!.GetValue<string>());
        var create = document["paths"]!["/v1/transfers"]!["post"]!;
        Assert.Contains(create["parameters"]!.AsArray(),
            p => p!["name"]!.GetValue<string>() == "Idempotency-Key" && p["required"]!.GetValue<bool>());
        var problem = create["responses"]!["422"]!["content"]!["application/problem+json"]!["schema"]!["$ref"]!;
        Assert.Equal("#/components/schemas/Problem", problem.GetValue<string>());
        Assert.Contains(create["security"]!.AsArray(), s => s!["bearer"] is not null);
        Assert.Equal("bca", create["requestBody"]!["content"]!["application/json"]!["example"]!["bankCode"]!.GetValue<string>());
        var amount = document["components"]!["schemas"]!["Transfer"]!["properties"]!["amount"]!;
        Assert.Equal((1, 1_000_000_000_000_000), (amount["minimum"]!.GetValue<long>(), amount["maximum"]!.GetValue<long>()));
        Assert.StartsWith("^tr_", document["components"]!["schemas"]!["Transfer"]!["properties"]!["id"]!["pattern"]!.GetValue<string>());
    }

    [Fact]
    public async Task a_foreign_linter_finds_nothing()
    {
        if (!Has("node") || !Has("npm"))
            Assert.Skip("node and npm are needed to lint the OpenAPI document: install Node.js (./bursar test does)");
        var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, "artifacts", "linter")).FullName;
        var redocly = Path.Combine(folder, "node_modules", ".bin", "redocly");
        if (!File.Exists(redocly))
        {
            var (installed, said) = await Run("npm", "install", "--no-audit", "--no-fund", "--prefix", folder, Linter);
            if (installed != 0) Assert.Skip($"npm could not install {Linter}, so the OpenAPI document was not linted: {said}");
        }
        var file = Path.Combine(folder, "openapi.json");
        await File.WriteAllTextAsync(file, (await Document()).Body);
        var (_, report) = await Run(redocly, "lint", file, "--extends", "recommended", "--format", "json");
        Assert.Matches("\"errors\": ?0,\\s*\"warnings\": ?0,", report);
    }

    [Theory]
    [InlineData("validation_failed", HttpStatusCode.OK, "Some fields are not valid")]
    [InlineData("internal_error", HttpStatusCode.OK, "Perhaps: look before you ask again")]
    [InlineData("no_such_code", HttpStatusCode.NotFound, "not known")]
    public async Task the_type_of_a_problem_leads_to_a_page_about_it(string code, HttpStatusCode status, string says)
    {
        var page = (await new Client(product.Address, null).Get($"/errors/{code}")).Is(status);
        Assert.Contains(says, page.Body);
    }

    private async Task<Answer> Document() => (await new Client(product.Address, null).Get("/v1/openapi.json")).Is(HttpStatusCode.OK);

    private static bool Has(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));

    private static async Task<(int Code, string Said)> Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["REDOCLY_TELEMETRY"] = "off";
        start.Environment["REDOCLY_SUPPRESS_UPDATE_NOTICE"] = "true";
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        var said = await Task.WhenAll(
            process.StandardOutput.ReadToEndAsync(limit.Token),
            process.StandardError.ReadToEndAsync(limit.Token));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, string.Concat(said));
    }
}
