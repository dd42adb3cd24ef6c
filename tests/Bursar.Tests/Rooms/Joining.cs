using System.Net;
using Bursar.Tests.Given;

namespace Bursar.Tests.Rooms;

/// <summary>How somebody is invited and comes in.</summary>
internal static class Joining
{
    public static string Email() => $"p{Guid.CreateVersion7():N}@example.test";

    public static Task<Answer> Invite(Client admin, string role = "reviewer", string? email = null) =>
        admin.Post("/v1/members", new { email = email ?? Email(), role });

    public static Task<Answer> Join(this Product product, string token) => new Client(product.Address, null)
        .Post("/v1/invitations/acceptance", new { token, name = "Putri", password = Workspace.Password });

    /// <summary>What Home answers to a session's cookie.</summary>
    public static async Task<HttpStatusCode> Home(this Product product, string cookie)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(product.Address, "/test/home"));
        request.Headers.Add("Cookie", $"bursar_session={cookie}");
        return (await http.SendAsync(request)).StatusCode;
    }
}
