using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Outbound;

namespace Bursar.Rooms.Spending.Handles;

/// <summary>
/// Lives in seconds: of a token 10–900 (120 when absent), of an authorization 60–604,800 (24 hours). An external executor needs an
/// address and a token, a managed handle an account; an SDK guard neither.
/// </summary>
public sealed record NewHandle(
    string Name, HandleType Type, string? Url = null, string? AuthToken = null, bool IsDefault = false, bool AutoExecute = false,
    ManagedAccount? Managed = null, int? SatSeconds = null, int? AuthorizationSeconds = null);

/// <summary>What is absent stays. The type of a handle never changes; another executor is another handle.</summary>
public sealed record HandleChange(
    string? Name = null, string? Url = null, string? AuthToken = null, bool? IsDefault = null, bool? AutoExecute = null,
    ManagedAccount? Managed = null, int? SatSeconds = null, int? AuthorizationSeconds = null);

/// <summary>Says what is wrong with the fields of a handle; asks the network about addresses and the bank about accounts.</summary>
public sealed class HandleCheck(OutboundRules outbound, IAccountHolders holders)
{
    public const int TokenMax = 500;

    /// <summary>The fields with the account holder's name filled in; <paramref name="isNew"/> where nothing may be absent.</summary>
    public async Task<Result<HandleChange>> Checked(Actor actor, HandleType type, HandleChange fields, bool isNew)
    {
        var wrong = Wrong(type, fields, isNew);
        if (wrong.Count > 0) return Errors.Invalid([.. wrong]);
        if (fields.Url is { } url && await outbound.Check(url, actor.Book.Mode) is { Ok: false } blocked) return blocked.Error;
        if (fields.Managed is not { } account) return fields;
        // Without a bank's word nothing is saved: an agent's money would go to an account that nobody has looked at.
        var told = await holders.Look(
            actor, Permission.ManageApi, DisbursementKind.AgentSpend, account.BankCode, account.AccountNumber);
        if (!told.Ok) return told.Error;
        if (told.Value.Status != InquiryStatus.Success) return Unfit(told.Value.Status);
        return fields with { Managed = account with { AccountHolder = told.Value.AccountHolder } };
    }

    private static List<FieldError> Wrong(HandleType type, HandleChange fields, bool isNew)
    {
        var wrong = new List<FieldError>();
        if ((isNew || fields.Name is not null)
            && PlainText.Problem(fields.Name, 1, 80) is { } name) wrong.Add(new("/name", "invalid", name));
        if (fields.SatSeconds is < 10 or > 900) wrong.Add(new("/satSeconds", "out_of_range", "10 to 900 seconds."));
        if (fields.AuthorizationSeconds is < 60 or > 604_800)
            wrong.Add(new("/authorizationSeconds", "out_of_range", "60 to 604,800 seconds."));
        var isExecutor = type == HandleType.ExternalExecutor;
        Fits("/url", fields.Url, isExecutor);
        Fits("/authToken", fields.AuthToken, isExecutor);
        Fits("/managed", fields.Managed, type == HandleType.Managed);
        if (fields.AuthToken is { } token && (token.Length is < 1 or > TokenMax || !token.All(c => c is > ' ' and <= '~')))
            wrong.Add(new("/authToken", "invalid", $"1 to {TokenMax} printable characters without spaces."));
        if (fields.AutoExecute == true && type == HandleType.SdkGuard)
            wrong.Add(new("/autoExecute", "invalid", "With an SDK guard the agent pays: nothing executes by itself."));
        if (fields.Managed is { } account)
        {
            if (Banks.Find(account.BankCode) is null) wrong.Add(new("/managed/bankCode", "unknown", "This bank is not known."));
            if (account.AccountNumber.Length is < 4 or > 30 || !account.AccountNumber.All(char.IsAsciiDigit))
                wrong.Add(new("/managed/accountNumber", "invalid", "4 to 30 digits."));
            if (account.AccountHolder is not null) wrong.Add(new("/managed/accountHolder", "invalid", "The bank says this."));
        }
        return wrong;

        void Fits(string field, object? value, bool belongs)
        {
            if (value is null && belongs && isNew) wrong.Add(new(field, "required", "This is required."));
            if (value is not null && !belongs) wrong.Add(new(field, "invalid", "A handle of this type has no such field."));
        }
    }

    private static Error Unfit(InquiryStatus status) => new(Errors.BeneficiaryInvalid, "The bank does not confirm this account.")
    {
        Fields = [new FieldError("/managed/accountNumber", "beneficiary_invalid", status switch
        {
            InquiryStatus.Pending or InquiryStatus.Failed => "The bank has not told whose account this is. Try again later.",
            InquiryStatus.SuspectedAccount => "The bank suspects this account of fraud.",
            _ => "Check the account number: the bank does not accept it.",
        })],
    };
}
