using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Bursar.Platform.Messages;

/// <summary>
/// Where links in messages lead: BURSAR_PUBLIC_URL, else the address this process listens on. Never the Host header of a request: whoever
/// asks for somebody's link would choose where it leads.
/// </summary>
public sealed class SiteAddress(MessageSettings settings, IServiceProvider services)
{
    /// <summary>The full address of a path such as <c>/invite/…</c>.</summary>
    public string To(string path) => (settings.PublicUrl ?? Listening() ?? "http://127.0.0.1:8080") + path;

    private string? Listening() =>
        services.GetService<IServer>()?.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault()?.TrimEnd('/');
}
