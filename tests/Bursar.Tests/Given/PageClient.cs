using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Xunit;

namespace Bursar.Tests.Given;

/// <summary>
/// A browser without script: keeps cookies, posts forms with the token of the page it has, follows nothing by itself. From an address of
/// its own where a test counts tries by address.
/// </summary>
public sealed partial class PageClient
{
    private readonly HttpClient http;
    private string token = "";

    public PageClient(Uri address, IPAddress? from = null) => http = new HttpClient(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        ConnectCallback = async (context, ct) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(from ?? IPAddress.Loopback, 0));
            await socket.ConnectAsync(context.DnsEndPoint.Host, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    { BaseAddress = address };

    /// <summary>Loopback addresses that no other test uses.</summary>
    public static IPAddress FreshAddress()
    {
        var bytes = Guid.CreateVersion7().ToByteArray();
        return new IPAddress([127, (byte)(1 + bytes[13] % 200), bytes[14], (byte)(1 + bytes[15] % 200)]);
    }

    public Task<Answer> Get(string path) => Send(new HttpRequestMessage(HttpMethod.Get, path));

    public Task<Answer> Post(string path, params (string Name, string Value)[] fields) => Send(new HttpRequestMessage(HttpMethod.Post, path)
    {
        Content = new FormUrlEncodedContent([KeyValuePair.Create("__RequestVerificationToken", token), .. fields.Select(f =>
            KeyValuePair.Create(f.Name, f.Value))]),
    });

    /// <summary>Posts a file as a browser does, with the type that the browser claims and the other fields of the form.</summary>
    public Task<Answer> Upload(string path, string name, byte[] content, string claimed, params (string Name, string Value)[] fields)
    {
        var file = new ByteArrayContent(content);
        file.Headers.ContentType = new System.Net.Http.Headers.MediaTypeHeaderValue(claimed);
        var form = new MultipartFormDataContent { { new StringContent(token), "__RequestVerificationToken" }, { file, name, "file" } };
        foreach (var (field, value) in fields) form.Add(new StringContent(value), field);
        return Send(new HttpRequestMessage(HttpMethod.Post, path) { Content = form });
    }

    /// <summary>Posts the fields of a form with one file of the part <paramref name="part"/>.</summary>
    public Task<Answer> Upload(string path, string part, string fileName, byte[] content, IEnumerable<(string Name, string Value)> fields)
    {
        var form = new MultipartFormDataContent
        {
            { new StringContent(token), "__RequestVerificationToken" }, { new ByteArrayContent(content), part, fileName },
        };
        foreach (var (name, value) in fields) form.Add(new StringContent(value), name);
        return Send(new HttpRequestMessage(HttpMethod.Post, path) { Content = form });
    }

    /// <summary>Posts the form of the page with what it holds already and the fields given besides.</summary>
    public Task<Answer> Submit(Answer page, params (string Name, string Value)[] fields)
    {
        var form = FormPattern().Matches(page.Body).First(f =>
            fields.All(x => f.Value.Contains($"name=\"{x.Name}\"", StringComparison.Ordinal))).Value;
        var action = WebUtility.HtmlDecode(ActionPattern().Match(form).Groups[1].Value);
        var hidden = HiddenPattern().Matches(form).Select(m => (Name: m.Groups[1].Value, Value: WebUtility.HtmlDecode(m.Groups[2].Value)))
            .Where(h => h.Name != "__RequestVerificationToken" && fields.All(x => x.Name != h.Name));
        return Post(action, [.. hidden, .. fields]);
    }

    public async Task<Answer> SignIn(string email, string password = Workspace.Password)
    {
        var page = (await Get("/sign-in")).Is(HttpStatusCode.OK);
        return await Submit(page, ("email", email), ("password", password));
    }

    private async Task<Answer> Send(HttpRequestMessage request)
    {
        using var response = await http.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        if (TokenPattern().Match(body) is { Success: true } found) token = WebUtility.HtmlDecode(found.Groups[1].Value);
        return new Answer(response.StatusCode, body,
            response.Headers.Concat(response.Content.Headers).ToDictionary(h => h.Key, h => string.Join(",", h.Value),
                StringComparer.OrdinalIgnoreCase));
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\" value=\"([^\"]+)\"")]
    private static partial Regex TokenPattern();

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline)]
    private static partial Regex FormPattern();

    [GeneratedRegex("action=\"([^\"]*)\"")]
    private static partial Regex ActionPattern();

    [GeneratedRegex("<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")]
    private static partial Regex HiddenPattern();
}
