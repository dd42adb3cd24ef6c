using Bursar.Core.Currencies;
using Bursar.Core.Payments;
using Bursar.Core.Rails;
using Bursar.Core.Results;

namespace Bursar.Rails.BankFile;

/// <summary>
/// Orders wait until the operator puts them into a payment file for the bank; its statement, or a person, tells what became of them. A
/// bank's file reaches bank accounts in rupiah only.
/// </summary>
public sealed class BankFileRail : IFileRail
{
    private const string DebtorName = "debtorName", DebtorAccount = "debtorAccount", DebtorBic = "debtorBic";

    private const int NameMax = 70, RemarkMax = 140;

    /// <summary>The day of Jakarta, where rupiah are cleared.</summary>
    private static readonly TimeSpan BankClock = TimeSpan.FromHours(7);

    public string Name => "bankfile";
    public bool CanBeAsked => false;

    public bool Reaches(string currency, string? destinationType) => currency == "IDR" && destinationType is "bank" or "va";

    public int OrdersMax => Pain001.MostPayments;

    public IReadOnlyList<RailField> Fields { get; } =
    [
        new(DebtorName, "Account holder", RailFieldKind.Text, "As your bank knows it, up to 70 Latin characters"),
        new(DebtorAccount, "Account number", RailFieldKind.Text, "The account that pays"),
        new(DebtorBic, "BIC of the bank", RailFieldKind.Text, "8 or 11 capital letters and digits"),
    ];

    public IEnumerable<FieldError> Problems(RailSettings settings) => Debtor(settings).Problems().Select(p => p with
    {
        Field = p.Field switch { "/debtor/name" => "/" + DebtorName, "/debtor/account" => "/" + DebtorAccount, _ => "/" + DebtorBic },
    });

    public Task<RailAnswer> Submit(PayoutOrder order, CancellationToken ct) => Task.FromResult(new RailAnswer(RailVerdict.Accepted));

    public Task<RailAnswer> Query(PayoutOrder order, int number, CancellationToken ct) => Submit(order, ct);

    public byte[] Write(RailSettings settings, string messageId, DateTimeOffset at, IReadOnlyList<PayoutOrder> orders)
    {
        using var output = new MemoryStream();
        var file = new PaymentFile(messageId, at, DateOnly.FromDateTime(at.UtcDateTime + BankClock), Debtor(settings), Currency.Idr)
        {
            Payments = [.. orders.Select(Payment)],
        };
        var written = Pain001.Write(file, output);
        // Nothing that was approved may be left out of a file in silence.
        return written.Ok ? output.ToArray() : throw new InvalidOperationException($"payment file {messageId}: {written.Error}");
    }

    /// <summary>The order's own reference comes back in the statement. Where no bank has said a name, its number stands for it.</summary>
    private static PaymentOrder Payment(PayoutOrder order) => new(
        order.Reference, order.Amount, Latin(order.RecipientName, NameMax) ?? order.AccountNumber, order.AccountNumber,
        new PaymentBank(MemberCode: order.BankCode.Replace('_', '-')), Latin(order.Remark, RemarkMax));

    private static string? Latin(string? text, int most) =>
        text is not null && PaymentText.TryRestrict(text, out var plain) && plain.Length > 0
            ? plain[..Math.Min(plain.Length, most)].Trim() : null;

    private static PaymentDebtor Debtor(RailSettings settings) =>
        new(settings[DebtorName], settings[DebtorAccount], new PaymentBank(settings[DebtorBic]));
}
