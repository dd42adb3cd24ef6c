using System.Text.Json;
using Bursar.Core.Rails;
using Bursar.Platform.Outbound;

namespace Bursar.Rails.Http;

/// <summary>
/// Reads what a partner says (docs/rails.md). It must be one JSON object without duplicate members that names the order; a status in
/// words counts only beside an HTTP status that agrees with it. Everything else tells nothing.
/// </summary>
internal static class HttpAnswer
{
    private const int TextMax = 200, QuestionMax = 1000;
    private static readonly RailAnswer Nothing = new(RailVerdict.Unknown);
    private static readonly JsonSerializerOptions Strict = new(JsonSerializerDefaults.Web)
    {
        AllowDuplicateProperties = false,
        PropertyNameCaseInsensitive = false,
        MaxDepth = 8,
    };

    private sealed record Said(
        string? DisbursementId = null, string? Status = null, string? Reason = null, string? RecipientName = null,
        string? ProviderReference = null, string? Question = null);

    public static RailAnswer ToSubmission(OutboundAnswer answer, string reference) =>
        Of(answer, reference) is { } said && Read(said) is { } read && Agrees(answer, read.Verdict) ? read : Nothing;

    /// <summary>
    /// A partner that says not_found with a 404 promises to refuse this order from now on; only then is it proof that nothing was paid.
    /// </summary>
    public static RailAnswer ToQuestion(OutboundAnswer answer, string reference) =>
        answer.Status == 404 && Of(answer, reference) is { Status: "not_found" }
            ? new RailAnswer(RailVerdict.Refused, FailureReasons.NotReceived) : ToSubmission(answer, reference);

    public static RailCallback? ToCallback(ReadOnlySpan<byte> body) =>
        Parse(body) is { DisbursementId: { } id } said && Guid.TryParseExact(id, "N", out _) && Read(said) is { } read
            ? new RailCallback(id, read) : null;

    private static bool Agrees(OutboundAnswer answer, RailVerdict verdict) =>
        answer.Status is >= 200 and <= 299 || (verdict == RailVerdict.Refused && answer.Status is >= 400 and <= 499);

    private static Said? Of(OutboundAnswer answer, string reference) =>
        answer.Error is null && Parse(answer.Body) is { } said && said.DisbursementId == reference ? said : null;

    private static RailAnswer? Read(Said said)
    {
        RailVerdict? verdict = said.Status switch
        {
            "accepted" => RailVerdict.Accepted,
            "information_requested" when Plain(said.Question, QuestionMax) is not null => RailVerdict.Accepted,
            "succeeded" => RailVerdict.Succeeded,
            "refused" => RailVerdict.Refused,
            "returned" => RailVerdict.Returned,
            _ => null,
        };
        if (verdict is not { } clear) return null;
        return new RailAnswer(clear, clear is RailVerdict.Refused or RailVerdict.Returned ? FailureReasons.Known(said.Reason) : null,
            Plain(said.RecipientName), ProviderReference: Plain(said.ProviderReference))
        {
            Question = said.Status == "information_requested" ? Plain(said.Question, QuestionMax) : null,
        };
    }

    private static string? Plain(string? text, int most = TextMax) =>
        text?.Length is { } length && length >= 1 && length <= most && !text.Any(char.IsControl) ? text : null;

    private static Said? Parse(ReadOnlySpan<byte> body)
    {
        try { return JsonSerializer.Deserialize<Said>(body, Strict); }
        catch (JsonException) { return null; }
    }
}
