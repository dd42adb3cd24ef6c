using System.Text.RegularExpressions;
using Bursar.Core.Currencies;
using Bursar.Core.Results;
using Bursar.Core.Text;

namespace Bursar.Core.Payments;

/// <summary>
/// What a bank would send a payment file back for, found before it is written. Fields are JSON pointers into <see
/// cref="PaymentFile"/>.
/// </summary>
internal static partial class PaymentFileRules
{
    /// <summary>Characters of a name (EPC: 70 of ISO's 140) and of a remark.</summary>
    private const int NameLength = 70;
    private const int RemarkLength = 140;

    public static IEnumerable<FieldError> Problems(PaymentFile file)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        return Whole(file).Concat(Problems(file.Debtor))
            .Concat(file.Payments.Take(Pain001.MostPayments).SelectMany((payment, i) => Payment($"/payments/{i}", payment, ids)));
    }

    public static IEnumerable<FieldError> Problems(PaymentDebtor debtor) =>
        Named("/debtor/name", debtor.Name).Concat(Account("/debtor/account", debtor.Account)).Concat(Bank("/debtor/bank", debtor.Bank));

    private static IEnumerable<FieldError> Whole(PaymentFile file)
    {
        if (!PaymentText.IsReference(file.MessageId)) yield return Reference("/messageId");
        if (file.Currency.Code.Length != 3)
            yield return new("/currency", "currency_unsupported", "Banks know currencies of three letters only.");
        if (file.Payments.Count is 0 or > Pain001.MostPayments)
            yield return new("/payments", "length_out_of_range", $"A file holds 1 to {Pain001.MostPayments} payments.");
        // The schema gives a sum 18 digits; 10^15 minor units is also what any one amount may be.
        if (file.Payments.Aggregate((Int128)0, (sum, p) => sum + p.Amount) > Money.Max)
            yield return new("/payments", "amount_out_of_range", $"Together at most {Money.Max} in minor units.");
    }

    private static IEnumerable<FieldError> Payment(string at, PaymentOrder payment, HashSet<string> ids)
    {
        if (!PaymentText.IsReference(payment.EndToEndId)) yield return Reference($"{at}/endToEndId");
        else if (!ids.Add(payment.EndToEndId)) yield return new($"{at}/endToEndId", "duplicate", "Another payment has this id.");
        if (payment.Amount is < 1 or > Money.Max) yield return new($"{at}/amount", "amount_out_of_range", $"From 1 to {Money.Max}.");
        foreach (var problem in Named($"{at}/creditorName", payment.CreditorName)) yield return problem;
        foreach (var problem in Account($"{at}/creditorAccount", payment.CreditorAccount)) yield return problem;
        foreach (var problem in Bank($"{at}/creditorBank", payment.CreditorBank)) yield return problem;
        if (payment.Remark is { } remark && Text($"{at}/remark", remark, 0, RemarkLength) is { } odd) yield return odd;
    }

    private static FieldError Reference(string field) =>
        new(field, "reference_invalid", "1 to 35 letters, digits or - ? : ( ) . , ' + /, with no slash at an end.");

    private static IEnumerable<FieldError> Named(string field, string name)
    {
        if (Text(field, name, 1, NameLength) is { } problem) yield return problem;
    }

    private static FieldError? Text(string field, string text, int min, int max)
    {
        if (!PaymentText.TryRestrict(text, out var plain))
            return new(field, "characters_unsupported", "Banks take Latin letters, digits and / - ? : ( ) . , ' + only.");
        return plain.Length >= min && plain.Length <= max ? null : new(field, "length_out_of_range", $"From {min} to {max} characters.");
    }

    private static IEnumerable<FieldError> Account(string field, string account)
    {
        if (Iban.LooksLike(account) ? !Iban.IsValid(account) : !AccountNumber().IsMatch(account))
            yield return new(field, "account_invalid", "An IBAN, or 1 to 34 letters and digits.");
    }

    private static IEnumerable<FieldError> Bank(string field, PaymentBank bank)
    {
        if ((bank.Bic is null) == (bank.MemberCode is null)) yield return new(field, "bank_invalid", "A BIC or a member code.");
        else if (bank.Bic is { } bic && !Bic().IsMatch(bic))
            yield return new($"{field}/bic", "bic_invalid", "8 or 11 capital letters and digits.");
        else if (bank.MemberCode is { } code && !MemberCode().IsMatch(code))
            yield return new($"{field}/memberCode", "bank_invalid", "1 to 35 letters, digits and hyphens.");
    }

    // \z and not $: a line end at the end is no part of an account.
    [GeneratedRegex(@"\A[A-Za-z0-9]{1,34}\z")]
    private static partial Regex AccountNumber();

    /// <summary>As the schema's BICIdentifier has it.</summary>
    [GeneratedRegex(@"\A[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?\z")]
    private static partial Regex Bic();

    [GeneratedRegex(@"\A[A-Za-z0-9-]{1,35}\z")]
    private static partial Regex MemberCode();
}
