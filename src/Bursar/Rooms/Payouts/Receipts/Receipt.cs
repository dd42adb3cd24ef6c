using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Documents;
using Bursar.Platform.Files;
using Bursar.Platform.Languages;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using Bursar.Rooms.Payouts.Transfers;
using static Bursar.Platform.Languages.Language;

namespace Bursar.Rooms.Payouts.Receipts;

/// <summary>
/// What a paid transfer's receipt says, on its page, in its PDF and in e-mails alike: what the recipient may know, and nothing of how the
/// business decided it or what it cost.
/// </summary>
public sealed record Receipt(Mode Mode, Transfer Transfer, DateTimeOffset PaidAt, DateTimeOffset? ReturnedAt, Letterhead From)
{
    public static bool Exists(Transfer t) => t.State is DisbursementState.Succeeded or DisbursementState.Reversed;

    public string Title => T("Transfer receipt");

    public string State => T(ReturnedAt is null ? "Paid" : "Returned");

    /// <summary>In the language of whoever reads.</summary>
    public IReadOnlyList<(string Label, string? Value)> Facts() =>
    [
        (T("Amount"), MoneyText.Full(Money.Idr(Transfer.Amount))),
        (T("Status"), State),
        (T("Sent by"), From.Name),
        (T("Recipient"), Transfer.RecipientName),
        (T("Bank"), TransferWords.Bank(Transfer.BankCode)),
        (T("Account Number"), Transfer.AccountNumber),
        (T("Remark"), Transfer.Remark),
        (T("Paid on"), Moment(PaidAt)),
        (T("Returned on"), ReturnedAt is { } back ? Moment(back) : null),
        (T("Transaction ID"), Transfer.Id.ToString()),
    ];

    /// <summary>Without the extension.</summary>
    public string FileName => $"receipt-{Transfer.Id}";

    /// <summary>In <paramref name="language"/>, else in the workspace's.</summary>
    public byte[] Pdf(Language? language = null) => (language ?? From.Language).Speak(() =>
        new PdfDocument($"{Title} {Transfer.Id}", Current.Code, ReturnedAt ?? PaidAt)
            .Letterhead(From.Picture, From.Lines)
            .Heading(Letterhead.Headed(Title, Mode))
            .Facts(Facts())
            .Bytes());

    private string Moment(DateTimeOffset at) => $"{From.Zone.Long(at, From.Times)} {From.Zone.Name(at)}";
}
