using System.Net;
using System.Text.RegularExpressions;

namespace Bursar.Tests.Given;

/// <summary>A browser without script: keeps cookies, follows nothing, posts forms with the token that the page gave.</summary>
public sealed partial class Visitor(Uri address) : IDisposable
{
    private readonly SocketsHttpHandler handler = new() { AllowAutoRedirect = false };
    private HttpClient? http;

    private HttpClient Http => http ??= new HttpClient(handler) { BaseAddress = address };

    public CookieCollection Cookies => handler.CookieContainer.GetCookies(address);

    public Task<Seen> Get(string path)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept", "text/html");
        return Send(request);
    }

    /// <summary>Opens the page and posts a form of it.</summary>
    public async Task<Seen> Submit(string page, string action, params (string Name, string Value)[] fields)
    {
        var token = Token().Match((await Get(page)).Body);
        return await Post(action, [("__RequestVerificationToken", token.Groups[1].Value), .. fields]);
    }

    public Task<Seen> Post(string action, params (string Name, string Value)[] fields)
    {
        var form = new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)));
        return Send(new HttpRequestMessage(HttpMethod.Post, action) { Content = form });
    }

    public async Task<Visitor> SignedIn(string email, string password = Workspace.Password)
    {
        await Submit("/sign-in", "/sign-in", ("email", email), ("password", password));
        return this;
    }

    private async Task<Seen> Send(HttpRequestMessage request)
    {
        using var response = await Http.SendAsync(request);
        var body = WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());
        return new Seen(response.StatusCode, response.Headers.Location?.OriginalString, body);
    }

    public void Dispose()
    {
        http?.Dispose();
        handler.Dispose();
    }

    [GeneratedRegex("""name="__RequestVerificationToken" value="([^"]+)""")]
    private static partial Regex Token();
}

public sealed record Seen(HttpStatusCode Status, string? Location, string Body);
