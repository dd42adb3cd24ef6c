using System.Net;
using Bursar.Platform.Http;
using Bursar.Platform.Messages;
using Bursar.Platform.Pages;

namespace Bursar.Rooms.Operator;

/// <summary>
/// The page of messages at a first look: in production the route does not exist. It opens other people's links, so it answers this machine
/// only, and nothing that says it was forwarded.
/// </summary>
public static class Mailbox
{
    private static readonly string[] Forwarded = ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"];

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/mailbox", (RequestDelegate)Show);
        routes.MapGet("/mailbox/{id}/file.pdf", (RequestDelegate)ShowFile);
    }

    private static Task Show(HttpContext http)
    {
        if (!IsHere(http)) return Task.CompletedTask;
        var to = http.Request.Query["to"].ToString().Trim().ToLowerInvariant();
        return PageDoor.Show(http, typeof(MailboxPage), to.Length == 0 ? null : new() { ["To"] = to });
    }

    private static async Task ShowFile(HttpContext http)
    {
        if (!IsHere(http)) return;
        if (Guid.TryParse(http.GetRouteValue("id")?.ToString(), out var id)
            && await http.RequestServices.GetRequiredService<MessageQueue>().MailboxFile(id) is { } wanted
            && await http.RequestServices.GetRequiredService<MailFiles>().Make(wanted) is { } file)
            await Api.WritePdf(http, file.Name, file.Pdf);
        else http.Response.StatusCode = 404;
    }

    /// <summary>Somebody at this machine asks; else the answer is that there is no such page.</summary>
    private static bool IsHere(HttpContext http)
    {
        var here = http.Connection.RemoteIpAddress is { } peer && IPAddress.IsLoopback(peer)
            && !Forwarded.Any(http.Request.Headers.ContainsKey);
        if (here) http.Response.Headers.CacheControl = "no-store";
        else http.Response.StatusCode = 404;
        return here;
    }
}
