using System.Net;
using Bursar.Platform.Pages;

namespace Bursar.Rooms.Operator;

/// <summary>
/// The page of messages at a first look: in production the route does not exist. It opens other people's links, so it answers this machine
/// only, and nothing that says it was forwarded.
/// </summary>
public static class Mailbox
{
    private static readonly string[] Forwarded = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/mailbox", (RequestDelegate)Show);

    private static Task Show(HttpContext http)
    {
        var here = http.Connection.RemoteIpAddress is { } peer && IPAddress.IsLoopback(peer);
        if (!here || Forwarded.Any(http.Request.Headers.ContainsKey))
        {
            http.Response.StatusCode = 404;
            return Task.CompletedTask;
        }
        http.Response.Headers.CacheControl = "no-store";
        var to = http.Request.Query["to"].ToString().Trim().ToLowerInvariant();
        return PageDoor.Show(http, typeof(MailboxPage), to.Length == 0 ? null : new() { ["To"] = to });
    }
}
