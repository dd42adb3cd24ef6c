using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;

namespace Bursar.Platform.Ui;

/// <summary>
/// The four files that a browser needs, embedded in the program, with the hash of their bytes in their address, so that they are
/// fetched once and never go stale. The CSS layers are joined into one sheet here; each file is compressed once, at first use.
/// </summary>
public sealed partial class SiteFiles
{
    private static readonly string[] Layers = ["tokens", "base", "layout", "components", "lists", "pages"];
    // After Layers: static fields begin in the order of the text.
    public static readonly SiteFiles All = new();
    private readonly Dictionary<string, Asset> _byPath;

    private SiteFiles()
    {
        var css = string.Concat(Layers.Select(name => Read($"wwwroot/css/{name}.css")));
        Css = Make("app", "css", "text/css; charset=utf-8", Blanks().Replace(Comments().Replace(css, ""), "\n"));
        Script = Make("ui", "js", "text/javascript; charset=utf-8", Read("wwwroot/js/ui.js"));
        Icons = Make("icons", "svg", "image/svg+xml", Read("wwwroot/icons.svg"));
        Favicon = Make("favicon", "svg", "image/svg+xml", Read("wwwroot/favicon.svg"));
        _byPath = new[] { Css, Script, Icons, Favicon }.ToDictionary(a => a.Path, StringComparer.Ordinal);
    }

    public Asset Css { get; }
    public Asset Script { get; }
    public Asset Icons { get; }
    public Asset Favicon { get; }

    public Asset? Find(string path) => _byPath.GetValueOrDefault(path);

    internal static async Task Serve(HttpContext context)
    {
        if (All.Find(context.Request.Path.Value ?? "") is not { } asset)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        var headers = context.Response.Headers;
        headers.CacheControl = "public, max-age=31536000, immutable";
        headers.Vary = "Accept-Encoding";
        headers.XContentTypeOptions = "nosniff";
        context.Response.ContentType = asset.ContentType;
        var body = asset.Bytes;
        if (context.Request.Headers.AcceptEncoding.ToString().Contains("br", StringComparison.Ordinal))
        {
            headers.ContentEncoding = "br";
            body = asset.Brotli;
        }
        context.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(context.Request.Method)) await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static Asset Make(string name, string extension, string contentType, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes))[..12];
        return new Asset($"/assets/{name}.{hash}.{extension}", contentType, bytes);
    }

    private static string Read(string name)
    {
        using var stream = typeof(SiteFiles).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The program was built without {name}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }

    [GeneratedRegex(@"/\*.*?\*/", RegexOptions.Singleline)]
    private static partial Regex Comments();

    [GeneratedRegex(@"\n\s*")]
    private static partial Regex Blanks();
}

public sealed class Asset(string path, string contentType, byte[] bytes)
{
    private readonly Lazy<byte[]> _brotli = new(() => Compress(bytes));

    public string Path => path;
    public string ContentType => contentType;
    public byte[] Bytes => bytes;
    public byte[] Brotli => _brotli.Value;

    private static byte[] Compress(byte[] bytes)
    {
        using var output = new MemoryStream();
        using (var brotli = new BrotliStream(output, CompressionLevel.SmallestSize)) brotli.Write(bytes);
        return output.ToArray();
    }
}
