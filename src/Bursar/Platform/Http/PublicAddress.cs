namespace Bursar.Platform.Http;

/// <summary>
/// Where this installation is reached (BURSAR_PUBLIC_URL), for whatever leaves it as a full address: error types, links in messages, the
/// contract. Without the setting it is the address that the request itself used.
/// </summary>
public sealed record PublicAddress
{
    private PublicAddress(string? fixedTo) => Fixed = fixedTo;

    /// <summary>The configured address without a slash at its end, or null.</summary>
    public string? Fixed { get; }

    public string Host => Fixed is null ? "" : new Uri(Fixed).IdnHost;

    public static PublicAddress Read(string? text)
    {
        if (text is null) return new PublicAddress((string?)null);
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https", Query: "", Fragment: "", UserInfo: "" }
            ? new PublicAddress(text.TrimEnd('/'))
            : throw new InvalidOperationException($"BURSAR_PUBLIC_URL: {text} is not an address such as https://bursar.example");
    }

    public string Of(HttpContext http) => Fixed ?? $"{http.Request.Scheme}://{http.Request.Host}";
}
