using Bursar.Core.Text;

namespace Bursar.Core.Results;

/// <summary>Every error code of the API, one line each (QUALITY §5.2). docs/api/errors.md lists them; a test compares.</summary>
public static class Errors
{
    public static readonly ErrorCode MalformedJson = new("malformed_json", 400, "The body is not valid JSON");
    public static readonly ErrorCode InvalidParameter = new("invalid_parameter", 400, "A parameter is not valid");
    public static readonly ErrorCode IdempotencyKeyRequired = new("idempotency_key_required", 400,
        "An Idempotency-Key header is required", Retry: Retry.NewRequest);
    public static readonly ErrorCode IdempotencyKeyInvalid = new("idempotency_key_invalid", 400,
        "The Idempotency-Key header is not valid", Retry: Retry.NewRequest);
    public static readonly ErrorCode CsrfTokenInvalid = new("csrf_token_invalid", 400,
        "The form or call carries no valid antiforgery token", Retry: Retry.NewRequest);
    public static readonly ErrorCode VersionUnsupported = new("version_unsupported", 400, "This API version is not known");
    public static readonly ErrorCode AuthenticationRequired = new("authentication_required", 401, "Sign in or send an API key");
    public static readonly ErrorCode ApiKeyInvalid = new("api_key_invalid", 401, "The API key is not valid");
    public static readonly ErrorCode OtpRequired = new("otp_required", 401, "A one-time code or the password is required",
        Retry: Retry.NewRequest);
    public static readonly ErrorCode OtpInvalid = new("otp_invalid", 401, "The code or password is not right", Retry: Retry.NewRequest);
    public static readonly ErrorCode SignatureInvalid = new("signature_invalid", 401, "The signature is not valid");
    public static readonly ErrorCode PermissionDenied = new("permission_denied", 403, "Your role does not allow this");
    public static readonly ErrorCode IpNotAllowed = new("ip_not_allowed", 403, "This address is not on the allow list");
    public static readonly ErrorCode ModeMismatch = new("mode_mismatch", 403, "The object belongs to the other mode");
    public static readonly ErrorCode AccountSuspended = new("account_suspended", 403, "The account is suspended");
    public static readonly ErrorCode SelfApprovalForbidden = new("self_approval_forbidden", 403, "Nobody approves what they asked for");
    public static readonly ErrorCode NotFound = new("not_found", 404, "Not found");
    public static readonly ErrorCode MethodNotAllowed = new("method_not_allowed", 405, "This method is not allowed here");
    public static readonly ErrorCode NotAcceptable = new("not_acceptable", 406, "No representation is acceptable");
    public static readonly ErrorCode RequestTimeout = new("request_timeout", 408, "The request took too long to arrive",
        Retry: Retry.After);
    public static readonly ErrorCode IdempotencyInProgress = new("idempotency_in_progress", 409,
        "The first request with this key is still running", EffectOutcome.Unknown, Retry: Retry.SameKey);
    public static readonly ErrorCode ReferenceDuplicate = new("reference_duplicate", 409, "This reference is already in use",
        EffectOutcome.Applied);
    public static readonly ErrorCode PossibleDuplicate = new("possible_duplicate", 409, "This looks like a payment made a moment ago",
        Retry: Retry.NewRequest);
    public static readonly ErrorCode DuplicateBatch = new("duplicate_batch", 409, "This file was uploaded already", EffectOutcome.Applied);
    public static readonly ErrorCode AlreadyResolved = new("already_resolved", 409, "Somebody decided this already");
    public static readonly ErrorCode AlreadyVoted = new("already_voted", 409, "You approved this already");
    public static readonly ErrorCode StateConflict = new("state_conflict", 409, "The state does not allow this");
    public static readonly ErrorCode OutcomePending = new("outcome_pending", 409, "An earlier attempt has no known outcome yet",
        EffectOutcome.Unknown);
    public static readonly ErrorCode SeatLimitReached = new("seat_limit_reached", 409, "All seats are taken");
    public static readonly ErrorCode LastAdmin = new("last_admin", 409, "The last Admin cannot go");
    public static readonly ErrorCode WouldLockOut = new("would_lock_out", 409, "This would lock you out", Retry: Retry.NewRequest);
    public static readonly ErrorCode EmailTaken = new("email_taken", 409, "This person is already a member");
    public static readonly ErrorCode Expired = new("expired", 410, "This has expired", Retry: Retry.NewRequest);
    public static readonly ErrorCode VersionMismatch = new("version_mismatch", 412, "Somebody changed this meanwhile",
        Retry: Retry.NewRequest);
    public static readonly ErrorCode PayloadTooLarge = new("payload_too_large", 413, "The body is too large");
    public static readonly ErrorCode UnsupportedMediaType = new("unsupported_media_type", 415, "The content type is not supported");
    public static readonly ErrorCode ValidationFailed = new("validation_failed", 422, "Some fields are not valid");
    public static readonly ErrorCode FileRejected = new("file_rejected", 422, "The file is refused as a whole");
    public static readonly ErrorCode IdempotencyKeyReused = new("idempotency_key_reused", 422,
        "This Idempotency-Key was used with another request", Retry: Retry.NewRequest);
    public static readonly ErrorCode AmountOutOfRange = new("amount_out_of_range", 422, "The amount is out of range");
    public static readonly ErrorCode CurrencyMismatch = new("currency_mismatch", 422, "The currency does not match");
    public static readonly ErrorCode CurrencyUnsupported = new("currency_unsupported", 422, "The currency is not supported");
    public static readonly ErrorCode InsufficientFunds = new("insufficient_funds", 422, "The balance does not cover this",
        Retry: Retry.NewRequest);
    public static readonly ErrorCode BeneficiaryInvalid = new("beneficiary_invalid", 422, "The beneficiary cannot receive this");
    public static readonly ErrorCode BankDisturbed = new("bank_disturbed", 422, "The bank is heavily disturbed", Retry: Retry.After);
    public static readonly ErrorCode UrlBlocked = new("url_blocked", 422, "This address is not allowed");
    public static readonly ErrorCode TopUpSlotsExhausted = new("topup_slots_exhausted", 422, "No exact amount is free", Retry: Retry.After);
    public static readonly ErrorCode NotRefundable = new("not_refundable", 422, "This cannot be refunded", Retry: Retry.NewRequest);
    public static readonly ErrorCode PolicyDenied = new("policy_denied", 422, "A policy refuses this");
    public static readonly ErrorCode HandleMissing = new("handle_missing", 422, "No payment handle is named and none is the default");
    public static readonly ErrorCode SatInvalid = new("sat_invalid", 422, "The spend authorization token is not valid");
    public static readonly ErrorCode SatAlreadyUsed = new("sat_already_used", 409, "The spend authorization token was used already");
    public static readonly ErrorCode ExecutorError = new("executor_error", 502, "The executor gave a bad answer", Retry: Retry.SameKey);
    public static readonly ErrorCode ExecutorTimeout = new("executor_timeout", 504, "The executor gave no answer", EffectOutcome.Unknown);
    public static readonly ErrorCode RailMissing = new("rail_missing", 422, "No rail is set up for this");
    public static readonly ErrorCode RateMissing = new("rate_missing", 422, "No rate holds for this currency right now",
        Retry: Retry.After);
    public static readonly ErrorCode RateLimited = new("rate_limited", 429, "Too many requests", Retry: Retry.After);
    public static readonly ErrorCode PlanLimitReached = new("plan_limit_reached", 429, "The plan's limit is reached");
    public static readonly ErrorCode HeadersTooLarge = new("headers_too_large", 431, "The headers are too large");
    public static readonly ErrorCode Internal = new("internal_error", 500, "Something went wrong on our side", Retry: Retry.SameKey);
    public static readonly ErrorCode InternalMoney = new("internal_error", 500, "Something went wrong on our side",
        EffectOutcome.Unknown, Retry: Retry.SameKey);
    public static readonly ErrorCode StorageUnavailable = new("storage_unavailable", 503, "The database cannot be reached",
        Retry: Retry.After);
    public static readonly ErrorCode Overloaded = new("overloaded", 503, "Too much at once", Retry: Retry.After);

    public static readonly IReadOnlyList<ErrorCode> All =
        [.. typeof(Errors).GetFields().Where(f => f.FieldType == typeof(ErrorCode)).Select(f => (ErrorCode)f.GetValue(null)!)];

    public static Error Missing() => new(NotFound, "There is nothing here, or it is not yours.");

    public static Error Invalid(params ReadOnlySpan<FieldError> fields) =>
        new(ValidationFailed, fields.Length == 1 ? fields[0].Detail : "Some fields are not valid.") { Fields = fields.ToArray() };

    public static Error Field(string field, string code, Phrase detail) => Invalid(new FieldError(field, code, detail));

    public static Error ProofMissing(Access.Proof needed, Phrase act)
    {
        var (words, names) = needed switch
        {
            Access.Proof.Password => ("your password", new[] { "password" }),
            Access.Proof.Code => ("a one-time code", ["code"]),
            _ => ("your password and a one-time code", new[] { "password", "code" }),
        };
        return new Error(OtpRequired, $"Confirm with {(Phrase)words} to {act}.") { Act = act }
            .With("needs", names).With("act", act.ToString());
    }

    public static Error Denied(Access.Permission missing) =>
        new Error(PermissionDenied, $"This needs the permission {Access.Permissions.Name(missing)}.")
            .With("missingPermission", Access.Permissions.Name(missing));
}
