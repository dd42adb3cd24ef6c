using System.Globalization;
using System.Text.Json;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Bursar.Platform.Messages;
using Microsoft.AspNetCore.WebUtilities;

namespace Bursar.Platform.Http;

/// <summary>The one mapping of an <see cref="Error"/> to problem+json (RFC 9457, QUALITY §5.1).</summary>
public static class Problems
{
    /// <summary>Where the answer's code is noted for the API log.</summary>
    public const string CodeItem = "bursar.code";

    public static async Task Write(HttpContext http, Error error)
    {
        if (http.Response.HasStarted) return;
        var body = Body(http, error);
        http.Response.StatusCode = error.Code.Status;
        http.Response.ContentType = "application/problem+json";
        http.Response.Headers.CacheControl = "no-store";
        if (error.Code.Status == 401) http.Response.Headers.WWWAuthenticate = "Bearer";
        if (error.Extra.TryGetValue("retryAfter", out var seconds))
            http.Response.Headers.RetryAfter = string.Create(CultureInfo.InvariantCulture, $"{seconds}");
        else if (error.Code.Retry == Retry.After || error.Code == Errors.IdempotencyInProgress) http.Response.Headers.RetryAfter = "1";
        await http.Response.WriteAsync(body);
    }

    /// <summary>The problem as JSON, noted for the API log and the trail of refused tries, for answers that carry it otherwise.</summary>
    public static string Body(HttpContext http, Error error)
    {
        http.Items[Frame.ErrorItem] = error;
        http.Items[CodeItem] = error.Code.Code;
        var request = RequestIds.Of(http);
        var body = new Dictionary<string, object?>
        {
            ["type"] = http.RequestServices.GetRequiredService<SiteAddress>().To($"/errors/{error.Code.Code}"),
            ["title"] = error.Code.Title,
            ["status"] = error.Code.Status,
            ["detail"] = error.Detail,
            ["instance"] = $"urn:bursar:request:{request}",
            ["code"] = error.Code.Code,
            ["requestId"] = request.ToString(),
            ["outcome"] = error.Code.Outcome,
            ["retry"] = error.Code.Retry,
        };
        if (error.Fields.Count > 0)
            body["errors"] = error.Fields.Take(50).Select(f => f.Field.StartsWith('/')
                ? (object)new { pointer = f.Field, f.Code, f.Detail }
                : new { parameter = f.Field, f.Code, f.Detail });
        if (error.Resource is not null) body["resource"] = error.Resource;
        foreach (var (name, value) in error.Extra) body[name] = value;
        return JsonSerializer.Serialize(body, Json.Options);
    }

    /// <summary>The error for a status the framework answered with by itself.</summary>
    public static Error Of(int status) => status switch
    {
        400 => new Error(Errors.InvalidParameter, "The request is not valid."),
        401 => new Error(Errors.AuthenticationRequired, "Sign in or send an API key."),
        404 => Errors.Missing(),
        405 => new Error(Errors.MethodNotAllowed, "This method is not allowed here."),
        406 => new Error(Errors.NotAcceptable, "No representation is acceptable."),
        408 => new Error(Errors.RequestTimeout, "The request took too long to arrive."),
        413 => new Error(Errors.PayloadTooLarge, "The body may be up to 1 MB."),
        415 => new Error(Errors.UnsupportedMediaType, "Send application/json."),
        431 => new Error(Errors.HeadersTooLarge, "The headers are too large."),
        _ => new Error(status >= 500 ? Errors.Internal : Errors.InvalidParameter, ReasonPhrases.GetReasonPhrase(status)),
    };
}

/// <summary>Every request has an id of its own: in the answer's header, in errors, in the journal.</summary>
public static class RequestIds
{
    private const string Item = "bursar.request";

    public static RequestId Of(HttpContext http)
    {
        if (http.Items.TryGetValue(Item, out var known)) return (RequestId)known!;
        var id = RequestId.New(http.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow());
        http.Items[Item] = id;
        return id;
    }
}
