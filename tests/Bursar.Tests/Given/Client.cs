using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Bursar.Tests.Given;

/// <summary>An HTTP client with an API key, or with a member's session.</summary>
public sealed class Client
{
    private readonly HttpClient http;
    private string? csrf;

    public Client(Uri address, string? key)
    {
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, MaxConnectionsPerServer = 128 })
        {
            BaseAddress = address,
        };
        if (key is not null) http.DefaultRequestHeaders.Authorization = new("Bearer", key);
    }

    public string? MemberId { get; init; }
    public string? Email { get; init; }

    public void Session(string csrfToken, string mode = "test")
    {
        csrf = csrfToken;
        http.DefaultRequestHeaders.Remove("X-CSRF-Token");
        http.DefaultRequestHeaders.Add("X-CSRF-Token", csrf);
        http.DefaultRequestHeaders.Add("Bursar-Mode", mode);
    }

    /// <summary>Shows the password again, as keys, policies and switches ask of a session.</summary>
    public async Task<Client> StepUp()
    {
        (await Post("/v1/sessions/current/step-up", new { password = Workspace.Password })).Is(HttpStatusCode.OK);
        return this;
    }

    public Task<Answer> Get(string path) => Send(new HttpRequestMessage(HttpMethod.Get, path));

    /// <summary>The bytes of a file that is there.</summary>
    public async Task<byte[]> File(string path)
    {
        using var response = await http.GetAsync(path);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
        return await response.Content.ReadAsByteArrayAsync();
    }

    public Task<Answer> Delete(string path) => Send(new HttpRequestMessage(HttpMethod.Delete, path));

    public Task<Answer> Post(string path, object body, string? key = null) =>
        Raw(HttpMethod.Post, path, JsonSerializer.Serialize(body), key);

    public Task<Answer> Patch(string path, object body) => Raw(HttpMethod.Patch, path, JsonSerializer.Serialize(body));

    public Task<Answer> Raw(
        HttpMethod method, string path, string body, string? key = null, string type = "application/json",
        IReadOnlyDictionary<string, string>? headers = null)
    {
        var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, type) };
        if (key != "") request.Headers.Add("Idempotency-Key", key ?? Guid.CreateVersion7().ToString("N"));
        foreach (var (name, value) in headers ?? new Dictionary<string, string>()) request.Headers.Add(name, value);
        return Send(request);
    }

    /// <summary>Posts a form with one file.</summary>
    public Task<Answer> Upload(string path, string fileName, byte[] content, string? key = null, params (string Name, string Value)[] fields)
    {
        var form = new MultipartFormDataContent { { new ByteArrayContent(content), "file", fileName } };
        foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = form };
        request.Headers.Add("Idempotency-Key", key ?? Guid.CreateVersion7().ToString("N"));
        // What is refused for its length is not sent: the answer would be lost with the connection.
        request.Headers.ExpectContinue = content.Length > 1_000_000;
        return Send(request);
    }

    private async Task<Answer> Send(HttpRequestMessage request)
    {
        using var response = await http.SendAsync(request);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync(),
            response.Headers.Concat(response.Content.Headers)
                .ToDictionary(h => h.Key, h => string.Join(",", h.Value), StringComparer.OrdinalIgnoreCase));
    }
}

public sealed record Answer(HttpStatusCode Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonNode Json => JsonNode.Parse(Body)!;
    public string Code => Text("code");

    public string Text(string name) => Json[name]!.GetValue<string>();

    public long Number(string name) => Json[name]!.GetValue<long>();

    public Answer Is(HttpStatusCode status)
    {
        Assert.True(Status == status, $"{(int)Status} instead of {(int)status}: {Body}");
        return this;
    }

    /// <summary>A problem with this code, in full form.</summary>
    public Answer Refuses(string code)
    {
        Assert.True((int)Status >= 400, Body);
        Assert.StartsWith("application/problem+json", Headers["Content-Type"]);
        Assert.True(Code == code, Body);
        foreach (var member in new[] { "type", "title", "status", "detail", "instance", "requestId", "outcome", "retry" })
            Assert.NotNull(Json[member]);
        return this;
    }
}
