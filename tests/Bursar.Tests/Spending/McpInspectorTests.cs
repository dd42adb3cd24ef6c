using System.Net;
using System.Text.Json.Nodes;
using Bursar.Tests.Given;

namespace Bursar.Tests.Spending;

/// <summary>npm's MCP inspector, which is none of ours, lists the tools and calls them: over HTTP and through <c>bursar mcp</c>.</summary>
public sealed class McpInspectorTests(Product product)
{
    private const string Package = "@modelcontextprotocol/inspector@2.12.0";
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "bursar.dll");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task the_inspector_lists_the_tools_and_calls_them(bool stdio)
    {
        var w = await product.Workspace();
        await w.Policy(new { name = "Agents", currency = "IDR", dailyLimit = 1_000_000 });
        var key = await w.SpendKey("shopper");
        var tools = (await Inspect(key, stdio, "--method", "tools/list"))["tools"]!.AsArray();
        Assert.Equal(McpTests.Tools.Order(), tools.Select(t => t!["name"]!.GetValue<string>()).Order());
        Assert.All(tools, t =>
        {
            Assert.False(t!["inputSchema"]!["additionalProperties"]!.GetValue<bool>());
            foreach (var (name, member) in t["inputSchema"]!["properties"]!.AsObject())
                Assert.True(member!["description"] is not null && member["type"] is not null, $"{t["name"]}.{name}: {member}");
        });
        var asked = await Tool(key, stdio, "spend_request",
            "agentId=shopper", "amount=60000", "currency=IDR", "merchant=tokopedia.com", "reason=Printer paper", "idempotencyKey=order-1");
        Assert.Equal("ALLOW", asked["decision"]!.GetValue<string>());
        var seen = await Tool(key, stdio, "get_spend_request", "spendRequestId=" + asked["spendRequestId"]);
        Assert.Equal("approved", seen["state"]!.GetValue<string>());
        var budget = await Tool(key, stdio, "own_budget", "agentId=shopper");
        Assert.Equal(940_000, budget["policies"]![0]!["day"]!["remaining"]!.GetValue<long>());
        var client = new Client(product.Address, key);
        (await client.Get($"/v1/spend-requests/{asked["spendRequestId"]}")).Is(HttpStatusCode.OK);
    }

    [Fact]
    public async Task bursar_mcp_says_in_a_line_why_it_cannot_start()
    {
        var (code, _, said) = await NodePackages.Run("dotnet", [Program, "mcp"], ("BURSAR_API_KEY", ""));
        Assert.Equal((1, "bursar: set BURSAR_API_KEY to a key of scope spend"), (code, said.Trim()));
        var w = await product.Workspace();
        (code, _, said) = await NodePackages.Run("dotnet", [Program, "mcp"],
            ("BURSAR_API_KEY", w.Key), ("BURSAR_URL", product.Address.ToString()));
        Assert.Equal(1, code);
        Assert.Contains("403", said);
        Assert.Single(said.Trim().Split('\n'));
        Assert.DoesNotContain(w.Key, said);
    }

    private async Task<JsonNode> Tool(string key, bool stdio, string tool, params string[] arguments)
    {
        var result = await Inspect(key, stdio,
            ["--method", "tools/call", "--tool-name", tool, .. arguments.SelectMany(a => new[] { "--tool-arg", a })]);
        Assert.False(result["isError"]?.GetValue<bool>() ?? false, result.ToJsonString());
        return JsonNode.Parse(result["content"]![0]!["text"]!.GetValue<string>())!;
    }

    private async Task<JsonNode> Inspect(string key, bool stdio, params string[] arguments)
    {
        var program = await NodePackages.Program(Package, "mcp-inspector");
        string[] target = stdio
            ? ["dotnet", Program, "mcp", "-e", $"BURSAR_API_KEY={key}", "-e", $"BURSAR_URL={product.Address}"]
            : [new Uri(product.Address, "/mcp").ToString(), "--transport", "http", "--header", $"Authorization: Bearer {key}"];
        var (code, output, errors) = await NodePackages.Run(program, ["--cli", .. target, .. arguments]);
        Assert.True(code == 0, output + errors);
        Assert.DoesNotContain("Schema portability", errors);
        return JsonNode.Parse(output)!;
    }
}
