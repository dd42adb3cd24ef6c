using Microsoft.AspNetCore.Http.Metadata;

namespace Bursar.Platform.Http;

/// <summary>What the served contract says of a route beyond its path: a sentence, a body that could be sent, its parameters.</summary>
public sealed record Operation(string Summary)
{
    public object? Example { get; init; }

    /// <summary>The call must carry an Idempotency-Key.</summary>
    public bool TakesKey { get; init; }

    /// <summary>Nobody needs to say who they are.</summary>
    public bool IsPublic { get; init; }

    public IReadOnlyList<QueryParameter> Query { get; init; } = [];

    /// <summary>What it answers with where the id in its path is of another thing.</summary>
    public Type? OrAnswers { get; init; }

    /// <summary>The fields of a form that may be sent instead of JSON, with what each says; the first is a file.</summary>
    public IReadOnlyList<(string Name, string Says)> Form { get; init; } = [];
}

/// <summary>A query parameter; one that repeats means any of its values.</summary>
public sealed record QueryParameter(string Name, Type Type, string Says, bool Repeats = false)
{
    public static readonly QueryParameter Limit = new("limit", typeof(int), "Rows of a page, 1 to 200; 50 when absent.");
    public static readonly QueryParameter Cursor = new("cursor", typeof(string), "The nextCursor of the page before.");

    public static QueryParameter AnyOf<TEnum>(string name, string says) where TEnum : struct, Enum =>
        new(name, typeof(TEnum), says, Repeats: true);
}

/// <summary>Every route below /v1 is described where it is mapped; a test finds one that is not.</summary>
public static class Describing
{
    /// <summary>A call without a body.</summary>
    public static void Describe<TAnswer>(
        this IEndpointConventionBuilder route, string summary, int status = 200, bool isPublic = false, params QueryParameter[] query) =>
        Add(route, new Operation(summary) { Query = query, IsPublic = isPublic }, null, typeof(TAnswer), status);

    /// <summary>
    /// A call with a body; <paramref name="takesKey"/> for one that moves money or creates a payable thing,
    /// <paramref name="optional"/> where the body may be left out.
    /// </summary>
    public static void Describe<TRequest, TAnswer>(
        this IEndpointConventionBuilder route, string summary, TRequest example, int status = 200, bool takesKey = false,
        bool isPublic = false, bool optional = false)
        where TRequest : class =>
        Add(route, new Operation(summary) { Example = example, TakesKey = takesKey, IsPublic = isPublic },
            typeof(TRequest), typeof(TAnswer), status, optional);

    /// <summary>A call with a body whose answer is one of two things, as its id says.</summary>
    public static void DescribeEither<TRequest, TAnswer, TOther>(
        this IEndpointConventionBuilder route, string summary, TRequest example) where TRequest : class =>
        Add(route, new Operation(summary) { Example = example, OrAnswers = typeof(TOther) }, typeof(TRequest), typeof(TAnswer), 200);

    /// <summary>A call that moves money, with a JSON body or a form that begins with a file.</summary>
    public static void DescribeFile<TRequest, TAnswer>(
        this IEndpointConventionBuilder route, string summary, TRequest example, params (string Name, string Says)[] form)
        where TRequest : class =>
        Add(route, new Operation(summary) { Example = example, TakesKey = true, Form = form }, typeof(TRequest), typeof(TAnswer), 201);

    /// <summary>A call whose body is a form that begins with a file, and nothing else.</summary>
    public static void DescribeUpload<TAnswer>(
        this IEndpointConventionBuilder route, string summary, params (string Name, string Says)[] form) =>
        // No type of body to match by: who may not upload is told so, whatever they send.
        Add(route, new Operation(summary) { Form = form }, null, typeof(TAnswer), 201);

    /// <summary>A call without a body that answers with a PDF.</summary>
    public static void DescribePdf(this IEndpointConventionBuilder route, string summary) =>
        Add(route, new Operation(summary), null, typeof(byte[]), 200, answers: "application/pdf");

    /// <summary>A call with neither a body nor an answer but its status.</summary>
    public static void DescribeEmpty(this IEndpointConventionBuilder route, string summary) =>
        Add(route, new Operation(summary), null, null, 204);

    private static void Add(
        IEndpointConventionBuilder route, Operation operation, Type? request, Type? answer, int status, bool optional = false,
        string answers = "application/json") =>
        route.Add(endpoint =>
        {
            endpoint.Metadata.Add(operation);
            if (request is not null) endpoint.Metadata.Add(new AcceptsMetadata(
                operation.Form.Count > 0 ? ["application/json", "multipart/form-data"] : ["application/json"], request, optional));
            endpoint.Metadata.Add(new ProducesResponseTypeMetadata(
                status, answer ?? typeof(void), answer is null ? [] : [answers]));
        });
}
