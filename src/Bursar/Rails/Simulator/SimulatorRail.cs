using Bursar.Core.Rails;

namespace Bursar.Rails.Simulator;

/// <summary>
/// The rail of test mode. It remembers nothing: what an account number ends in tells how it behaves (docs/api/test-mode.md), so the
/// answer to a query is the same after any crash, as a bank's would be.
/// </summary>
public sealed class SimulatorRail : IInquiryRail
{
    private static readonly string[] Names =
    [
        "Dewi Wijaya", "UD Berkah Tani", "CV Maju Bersama", "PT Cipta Logistik", "Maya Kusuma", "Siti Nurhaliza", "Rizky Wijaya",
        "Lestari Hartono", "Yoga Hidayat", "Adi Nugroho", "PT Sinar Harapan", "Putri Anggraini", "Bambang Susilo", "CV Karya Mandiri",
    ];

    public string Name => "simulator";

    public Task<RailAnswer> Submit(PayoutOrder order, CancellationToken ct) => Task.FromResult(Ending(order.AccountNumber) switch
    {
        "0000" => new RailAnswer(RailVerdict.Refused, "INACTIVE_ACCOUNT"),
        "0001" or "0002" => new RailAnswer(RailVerdict.Unknown),
        "0003" => Paid(order) with { AskAgainAfter = TimeSpan.FromMinutes(1) },
        "0006" => new RailAnswer(RailVerdict.Accepted),
        _ => Paid(order),
    });

    public Task<RailAnswer> Query(PayoutOrder order, int number, CancellationToken ct) => Task.FromResult(Ending(order.AccountNumber) switch
    {
        "0000" => new RailAnswer(RailVerdict.Refused, "INACTIVE_ACCOUNT"),
        "0001" => number >= 2 ? Paid(order) : new RailAnswer(RailVerdict.Unknown),
        "0002" => number >= 2 ? new RailAnswer(RailVerdict.Refused, "CANT_RECEIVE_TRANSFER") : new RailAnswer(RailVerdict.Unknown),
        "0003" => new RailAnswer(RailVerdict.Returned, "CANT_RECEIVE_TRANSFER"),
        "0006" => new RailAnswer(RailVerdict.Accepted),
        _ => Paid(order),
    });

    public Task<InquiryAnswer> Inquire(InquiryQuestion question, CancellationToken ct) =>
        Task.FromResult(Ending(question.AccountNumber) switch
        {
            "0004" => new InquiryAnswer(InquiryStatus.SuspectedAccount, Holder(question.AccountNumber)),
            "0005" => new InquiryAnswer(InquiryStatus.InvalidAccountNumber, null),
            "0006" => InquiryAnswer.Pending,
            _ => new InquiryAnswer(InquiryStatus.Success, Holder(question.AccountNumber)),
        });

    private static RailAnswer Paid(PayoutOrder order) => new(RailVerdict.Succeeded, RecipientName: Holder(order.AccountNumber));

    private static string Ending(string accountNumber) => accountNumber.Length >= 4 ? accountNumber[^4..] : accountNumber;

    private static string Holder(string accountNumber) =>
        Names[(int)(accountNumber.Aggregate(17u, (hash, digit) => hash * 31 + digit) % (uint)Names.Length)];
}
