using System.Text.Json;
using Bursar.Core.Results;
using Npgsql;

namespace Bursar.Platform.Http;

/// <summary>What every answer has: request id, security headers, and problem+json where anything went wrong outside a handler.</summary>
public static class Frame
{
    /// <summary>The date of the API as it is; a breaking change gets a new one.</summary>
    public const string Version = "2026-11-20";

    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; font-src 'self'; "
        + "form-action 'self'; base-uri 'self'; frame-ancestors 'none'";

    public static void UseFrame(this IApplicationBuilder app) => app.Use(async (http, next) =>
    {
        var headers = http.Response.Headers;
        headers["Request-Id"] = RequestIds.Of(http).ToString();
        headers["Bursar-Version"] = Version;
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        var api = IsApi(http.Request.Path);
        if (api) headers.CacheControl = "no-store";
        try
        {
            await next(http);
        }
        catch (Exception e) when (!http.RequestAborted.IsCancellationRequested)
        {
            http.Response.StatusCode = (await Failed(http, e)).Code.Status;
        }
        // A host without an audit trail (the gallery of the browser tests) keeps none.
        http.RequestServices.GetService<Refusals>()?.Notice(http);
        if (http.Response.HasStarted || http.Response.StatusCode < 400 || http.Response.ContentLength > 0) return;
        var found = http.Items[ErrorItem] as Error ?? Problems.Of(http.Response.StatusCode);
        if (api) await Problems.Write(http, found);
        else if (ErrorPage is { } page) await page(http, found);
    });

    /// <summary>What a caller is told of an exception; what is our own fault is written down whole.</summary>
    public static async Task<Error> Failed(HttpContext http, Exception e)
    {
        var error = ErrorOf(http, e);
        if (error.Code.Status >= 500)
            await Console.Error.WriteLineAsync($"bursar: {RequestIds.Of(http)} {http.Request.Method} {http.Request.Path}: {e}");
        http.Items[ErrorItem] = error;
        return error;
    }

    public const string ErrorItem = "bursar.error";

    /// <summary>How a page shows an error; set at start-up by the pages' own floor.</summary>
    public static Func<HttpContext, Error, Task>? ErrorPage { get; set; }

    public static bool IsApi(PathString path) =>
        path.StartsWithSegments("/v1") || path.StartsWithSegments("/callbacks") || path.StartsWithSegments("/health")
            || path.StartsWithSegments("/.well-known") || path.StartsWithSegments("/mcp");

    private static Error ErrorOf(HttpContext http, Exception e) => e switch
    {
        // A page that counted on a value says what was in its way. Not after a POST: something may have been done before it failed.
        FailedResultException failed when HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)
            => failed.Error,
        BadHttpRequestException bad => Problems.Of(bad.StatusCode),
        JsonException => new Error(Errors.MalformedJson, "The body is not valid JSON for this call."),
        PostgresException { SqlState: "57P01" or "57P02" or "57P03" or "53300" } or NpgsqlException { IsTransient: true }
            or NpgsqlException { InnerException: IOException or System.Net.Sockets.SocketException }
            => new Error(Errors.StorageUnavailable, "The database cannot be reached. Nothing was done."),
        // A lock or statement limit ended it, and with it everything it did.
        PostgresException { SqlState: "55P03" or "57014" } =>
            new Error(Errors.Overloaded, "The book is busy. Nothing was done; try again in a moment."),
        _ => new Error(HttpMethods.IsPost(http.Request.Method) ? Errors.InternalMoney : Errors.Internal,
            "Something went wrong on our side. Quote the request id."),
    };
}
