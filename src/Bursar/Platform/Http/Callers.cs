using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Signing;
using Bursar.Platform.Access;

namespace Bursar.Platform.Http;

/// <summary>
/// Who is calling: an API key (Authorization: Bearer or x-api-key), else a member's session with its mode and CSRF token.
/// </summary>
public sealed class Callers(KeyDirectory keys, Sessions sessions)
{
    public async Task<Result<Actor>> Of(HttpContext http, bool cached = false)
    {
        var text = KeyText(http);
        if (text is null) return await Member(http);
        if (ApiKeySecret.ModeOf(text) is null) return Invalid();
        var peer = Peer(http);
        var key = await keys.Find(ApiKeySecret.Hash(text), peer, cached);
        if (key is null) return Invalid();
        http.Items[KeyItem] = key;
        var actor = new Actor(key.Book, PrincipalKind.ApiKey, key.Principal, key.Id, key.Person, key.Name, key.Permissions, peer,
            RequestIds.Of(http));
        Refusals.Remember(http, actor);
        return key.MayComeFrom(peer) ? actor : KeyDirectory.WrongAddress(peer);
    }

    private static Actor Known(HttpContext http, Actor actor)
    {
        Refusals.Remember(http, actor);
        return actor;
    }

    /// <summary>Where the request's key is noted for the API log.</summary>
    public const string KeyItem = "bursar.key";

    /// <summary>The caller's own address: what a trusted proxy says (<see cref="TrustedProxies"/>), else the connection's.</summary>
    public static string Peer(HttpContext http)
    {
        var address = http.Connection.RemoteIpAddress;
        return address is null ? "" : (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address).ToString();
    }

    private async Task<Result<Actor>> Member(HttpContext http)
    {
        var session = await sessions.Of(http);
        if (session is null) return new Error(Errors.AuthenticationRequired, "Sign in or send an API key.");
        var unsafeCall = !HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method);
        if (unsafeCall && !session.Accepts(http.Request.Headers["X-CSRF-Token"].ToString()))
            return new Error(Errors.CsrfTokenInvalid, "Send the session's csrfToken as X-CSRF-Token.");
        return http.Request.Headers["Bursar-Mode"].ToString() switch
        {
            "test" => Known(http, session.Actor(Mode.Test, Peer(http), RequestIds.Of(http))),
            "live" => Known(http, session.Actor(Mode.Live, Peer(http), RequestIds.Of(http))),
            _ => new Error(Errors.InvalidParameter, "Send Bursar-Mode: test or live.")
            { Fields = [new FieldError("Bursar-Mode", "required", "test or live")] },
        };
    }

    private static string? KeyText(HttpContext http)
    {
        var header = http.Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase)) return header["Bearer ".Length..].Trim();
        var plain = http.Request.Headers["x-api-key"].ToString();
        return plain.Length == 0 ? null : plain;
    }

    private static Error Invalid() => new(Errors.ApiKeyInvalid, "The API key is unknown, revoked, expired or belongs to the other mode.");
}
