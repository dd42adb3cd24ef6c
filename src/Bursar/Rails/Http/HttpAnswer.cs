using System.Text.Json;
using Bursar.Core.Rails;
using Bursar.Core.Text;
using Bursar.Platform.Outbound;

namespace Bursar.Rails.Http;

/// <summary>
/// Reads what a partner says (docs/rails.md). It must be one JSON object without duplicate members that names one order or one inquiry; a
/// status in words counts only beside an HTTP status that agrees with it. Everything else tells nothing.
/// </summary>
internal static class HttpAnswer
{
    private const int TextMax = 200, QuestionMax = 1000;
    private const string AboutBank = "bank_status";
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

    private sealed record SaidOfAccount(
        string? InquiryId = null, string? DisbursementId = null, string? Status = null, string? AccountHolder = null);

    private sealed record SaidOfBank(
        string? BankCode = null, string? Status = null, string? Message = null, DateTimeOffset? ChangedAt = null);

    private sealed record About(string? DisbursementId = null, string? InquiryId = null, string? Kind = null);

    public static RailAnswer ToSubmission(OutboundAnswer answer, string reference) =>
        Of(answer, reference) is { } said && Read(said) is { } read && Agrees(answer, read.Verdict) ? read : Nothing;

    /// <summary>
    /// A partner that says not_found with a 404 promises to refuse this order from now on; only then is it proof that nothing was paid.
    /// </summary>
    public static RailAnswer ToQuestion(OutboundAnswer answer, string reference) =>
        answer.Status == 404 && Of(answer, reference) is { Status: "not_found" }
            ? new RailAnswer(RailVerdict.Refused, FailureReasons.NotReceived) : ToSubmission(answer, reference);

    public static InquiryAnswer ToInquiry(OutboundAnswer answer, string reference) =>
        answer is { Error: null, Status: >= 200 and <= 299 } && Parse<SaidOfAccount>(answer.Body) is { DisbursementId: null } said
            && said.InquiryId == reference && Read(said) is { } read ? read : InquiryAnswer.Pending;

    /// <summary>One thing is told in one callback: an order, an inquiry or a bank.</summary>
    public static RailCallback? ToCallback(ReadOnlySpan<byte> body) => Parse<About>(body) switch
    {
        { DisbursementId: null, InquiryId: null, Kind: AboutBank } => Parse<SaidOfBank>(body) is { } said ? Read(said) : null,
        { DisbursementId: { } id, InquiryId: null, Kind: not AboutBank } when Guid.TryParseExact(id, "N", out var order) =>
            Parse<Said>(body) is { } said && Read(said) is { } read ? new PaymentNews(order, read) : null,
        { DisbursementId: null, InquiryId: { } id, Kind: not AboutBank } when Guid.TryParseExact(id, "N", out var inquiry) =>
            Parse<SaidOfAccount>(body) is { } said && Read(said) is { } read ? new InquiryNews(inquiry, read) : null,
        _ => null,
    };

    private static bool Agrees(OutboundAnswer answer, RailVerdict verdict) =>
        answer.Status is >= 200 and <= 299 || (verdict == RailVerdict.Refused && answer.Status is >= 400 and <= 499);

    private static Said? Of(OutboundAnswer answer, string reference) =>
        answer.Error is null && Parse<Said>(answer.Body) is { } said && said.DisbursementId == reference ? said : null;

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

    private static InquiryAnswer? Read(SaidOfAccount said) =>
        Word<InquiryStatus>(said.Status) is { } status ? InquiryAnswer.Of(status, said.AccountHolder) : null;

    private static BankNews? Read(SaidOfBank said) =>
        said is { BankCode: { } bank, ChangedAt: { } at } && Word<BankCondition>(said.Status) is { } status
            && PlainText.Problem(said.Message, 0, TextMax) is null ? new BankNews(bank, status, said.Message, at) : null;

    /// <summary>One of the words of the contract, spelled as it is there.</summary>
    private static T? Word<T>(string? text) where T : struct, Enum
    {
        foreach (var value in Enum.GetValues<T>())
            if (text == JsonNamingPolicy.SnakeCaseLower.ConvertName(value.ToString())) return value;
        return null;
    }

    private static string? Plain(string? text, int most = TextMax) =>
        text?.Length is { } length && length >= 1 && length <= most && !text.Any(char.IsControl) ? text : null;

    private static T? Parse<T>(ReadOnlySpan<byte> body) where T : class
    {
        try { return JsonSerializer.Deserialize<T>(body, Strict); }
        catch (JsonException) { return null; }
    }
}
