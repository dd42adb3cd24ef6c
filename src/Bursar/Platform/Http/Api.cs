using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Data;

namespace Bursar.Platform.Http;

/// <summary>
/// The shapes that API operations come in: who calls, what they sent, what they get. Rights are the handlers' own to check.
/// </summary>
public static class Api
{
    /// <summary>A POST that moves money or creates a payable thing: idempotent, 201 unless told otherwise.</summary>
    public static Task Create<TRequest, TAnswer>(
        HttpContext http, Func<Actor, TRequest, IdempotencyKey, Task<Result<Answer<TAnswer>>>> handle, int status = 201)
        where TRequest : class where TAnswer : class =>
        Keyed<TRequest, TAnswer>(http, true, (actor, request, key) => handle(actor, request, key!), status);

    /// <summary>The same where the request is a form with a file, which the caller binds to the key by its content.</summary>
    public static async Task CreateFromForm<TAnswer>(
        HttpContext http, Func<Actor, IFormCollection, (string Route, string Key), Task<Result<Answer<TAnswer>>>> handle)
        where TAnswer : class
    {
        var actor = await Callers(http).Of(http, cached: true);
        if (!actor.Ok) { await Problems.Write(http, actor.Error); return; }
        var key = Bodies.KeyOf(http);
        if (!key.Ok) { await Problems.Write(http, key.Error); return; }
        IFormCollection form;
        try { form = await http.Request.ReadFormAsync(http.RequestAborted); }
        catch (InvalidDataException)
        {
            await Problems.Write(http, new Error(Errors.MalformedJson, "The body is no form that can be read."));
            return;
        }
        await Finish(http, 201, await handle(actor.Value, form, (RouteOf(http), key.Value)));
    }

    /// <summary>A POST that can happen only once; a key is welcome, so that a caller who lost the answer gets it again.</summary>
    public static Task Once<TRequest, TAnswer>(
        HttpContext http, Func<Actor, TRequest, IdempotencyKey?, Task<Result<Answer<TAnswer>>>> handle)
        where TRequest : class where TAnswer : class => Keyed(http, false, handle, 200);

    private static async Task Keyed<TRequest, TAnswer>(
        HttpContext http, bool needsKey, Func<Actor, TRequest, IdempotencyKey?, Task<Result<Answer<TAnswer>>>> handle, int status)
        where TRequest : class where TAnswer : class
    {
        // The hot door: a key's facts may come from the cache, because the locked book says again who may ask.
        var actor = await Callers(http).Of(http, cached: true);
        if (!actor.Ok) { await Problems.Write(http, actor.Error); return; }
        var named = needsKey || http.Request.Headers.ContainsKey("Idempotency-Key");
        var key = named ? Bodies.KeyOf(http) : "";
        if (!key.Ok) { await Problems.Write(http, key.Error); return; }
        var request = await Bodies.Read<TRequest>(http);
        if (!request.Ok) { await Problems.Write(http, request.Error); return; }
        var bound = named ? Bodies.Bind(key.Value, RouteOf(http), request.Value) : null;
        await Finish(http, status, await handle(actor.Value, request.Value, bound));
    }

    private static string RouteOf(HttpContext http) => $"{http.Request.Method} {http.Request.Path}";

    private static async Task Finish<TAnswer>(HttpContext http, int status, Result<Answer<TAnswer>> answer) where TAnswer : class
    {
        if (!answer.Ok) { await Problems.Write(http, answer.Error); return; }
        if (answer.Value.Replayed) http.Response.Headers["Idempotency-Replayed"] = "true";
        await WriteJson(http, status, answer.Value.Json);
    }

    /// <summary>A call with a body.</summary>
    public static async Task Call<TRequest, TAnswer>(
        HttpContext http, Func<Actor, TRequest, Task<Result<TAnswer>>> handle, int status = 200) where TRequest : class
    {
        var actor = await Callers(http).Of(http);
        if (!actor.Ok) { await Problems.Write(http, actor.Error); return; }
        var request = await Bodies.Read<TRequest>(http);
        if (!request.Ok) { await Problems.Write(http, request.Error); return; }
        await Write(http, status, await handle(actor.Value, request.Value));
    }

    /// <summary>A POST that makes a thing which is there once: 201 when it made it, 200 with the same answer ever after.</summary>
    public static async Task Ensure<TRequest, TAnswer>(
        HttpContext http, Func<Actor, TRequest, Task<Result<(TAnswer Answer, bool IsNew)>>> handle) where TRequest : class
    {
        var actor = await Callers(http).Of(http);
        if (!actor.Ok) { await Problems.Write(http, actor.Error); return; }
        var request = await Bodies.Read<TRequest>(http);
        if (!request.Ok) { await Problems.Write(http, request.Error); return; }
        var answer = await handle(actor.Value, request.Value);
        await Write(http, answer is { Ok: true, Value.IsNew: false } ? 200 : 201, answer.Map(a => a.Answer));
    }

    /// <summary>A call whose body may be left out: every member of it has a default.</summary>
    public static async Task CallWithOptions<TOptions, TAnswer>(
        HttpContext http, Func<Actor, TOptions, Task<Result<TAnswer>>> handle, int status = 200)
        where TOptions : class, new()
    {
        var actor = await Callers(http).Of(http);
        if (!actor.Ok) { await Problems.Write(http, actor.Error); return; }
        var bare = http.Request.ContentLength is null or 0 && !http.Request.Headers.ContainsKey("Transfer-Encoding");
        var options = bare ? new TOptions() : await Bodies.Read<TOptions>(http);
        if (!options.Ok) { await Problems.Write(http, options.Error); return; }
        await Write(http, status, await handle(actor.Value, options.Value));
    }

    /// <summary>A call without a body: a GET, a DELETE, a POST whose path says everything.</summary>
    public static async Task Call<TAnswer>(HttpContext http, Func<Actor, Task<Result<TAnswer>>> handle, int status = 200)
    {
        var actor = await Callers(http).Of(http);
        if (!actor.Ok) { await Problems.Write(http, actor.Error); return; }
        await Write(http, status, await handle(actor.Value));
    }

    /// <summary>A call that answers with a PDF of this name.</summary>
    public static async Task Pdf(HttpContext http, Func<Actor, Task<Result<(string Name, byte[] Content)>>> handle)
    {
        var actor = await Callers(http).Of(http);
        if (!actor.Ok) { await Problems.Write(http, actor.Error); return; }
        var answer = await handle(actor.Value);
        if (answer.Ok) await WritePdf(http, answer.Value.Name, answer.Value.Content);
        else await Problems.Write(http, answer.Error);
    }

    public static async Task WritePdf(HttpContext http, string name, byte[] content)
    {
        http.Response.ContentType = "application/pdf";
        http.Response.ContentLength = content.Length;
        http.Response.Headers.ContentDisposition = $"inline; filename=\"{name}.pdf\"";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        await http.Response.Body.WriteAsync(content, http.RequestAborted);
    }

    private static Task Write<TAnswer>(HttpContext http, int status, Result<TAnswer> answer) =>
        answer.Ok ? WriteJson(http, status, Json.Write(answer.Value!)) : Problems.Write(http, answer.Error);

    public static Task WriteJson(HttpContext http, int status, string json)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        return http.Response.WriteAsync(json);
    }

    private static Callers Callers(HttpContext http) => http.RequestServices.GetRequiredService<Callers>();
}

/// <summary>A page of a list: newest first; the cursor is opaque and null at the end.</summary>
public sealed record Page<T>(IReadOnlyList<T> Data, string? NextCursor);

/// <summary>A list that is always whole.</summary>
public sealed record Listing<T>(IReadOnlyList<T> Data);
