using Bursar.Core.Currencies;
using Bursar.Core.Results;

namespace Bursar.Core.Payments;

/// <summary>
/// A bank as a payment file names it: by BIC (ISO 9362) or, where it has none, by the member code of its clearing system. One of
/// the two is given.
/// </summary>
public sealed record PaymentBank(string? Bic = null, string? MemberCode = null);

/// <summary>
/// Who pays, from which account. The account is an IBAN if it reads as one, else the bank's own number of up to 34 characters.
/// </summary>
public sealed record PaymentDebtor(string Name, string Account, PaymentBank Bank)
{
    /// <summary>What a bank would send any file of this debtor back for; pointers as into <see cref="PaymentFile"/>.</summary>
    public IEnumerable<FieldError> Problems() => PaymentFileRules.Problems(this);
}

/// <summary>
/// One payment: <paramref name="Amount"/> in minor units of the file's currency. <paramref name="EndToEndId"/> comes back in the
/// statement and names the payment once and for all: 1 to 35 characters.
/// </summary>
public sealed record PaymentOrder(
    string EndToEndId, long Amount, string CreditorName, string CreditorAccount, PaymentBank CreditorBank, string? Remark = null);

/// <summary>
/// What goes to the bank in one file. A bank takes a <paramref name="MessageId"/> once: the same file sent twice pays once.
/// </summary>
public sealed record PaymentFile(string MessageId, DateTimeOffset CreatedAt, DateOnly ExecuteOn, PaymentDebtor Debtor, Currency Currency)
{
    public required IReadOnlyList<PaymentOrder> Payments { get; init; }
}
