using Bursar.Core.Corridors;
using Bursar.Core.Policies;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Payouts.International.Information;

namespace Bursar.Rooms.Payouts.International;

/// <summary>
/// A transfer abroad as the API, the events and the pages show it. <paramref name="AmountSent"/> in rupiah, without the fee;
/// <paramref name="AmountReceived"/> in minor units of <paramref name="CurrencyReceived"/>.
/// </summary>
public sealed record InternationalTransfer(
    InternationalTransferId Id, DisbursementState State, CorridorType Type, string BeneficiaryCountry, string BeneficiaryBank,
    string BeneficiaryName, string AccountNumber, long AmountSent, long AmountReceived, string CurrencyReceived, string Rate, long Fee,
    DateOnly Arrival, string? Remark, string? Reference, QuoteId QuoteId, AttachmentId? AttachmentId, string MakerName, string CreatedVia,
    DateTimeOffset CreatedAt, DateTimeOffset? CompletedAt, string? FailureReason, ApprovalId? ApprovalId)
{
    public static readonly DisbursementShape Shape = new(DisbursementKind.InternationalTransfer)
    {
        Event = DisbursementShape.Named("international_transfer"),
        Resource = Of,
        AnswerReads = (reads, command) => reads.WantQuestions(command, command.Id),
        Asked = (book, d, question) => book.Ask(d, question, AskedBy.Rail, book.At + Asking.Life),
        Ended = (book, d) => book.EndQuestions(d),
    };

    public static InternationalTransfer Of(Disbursement d)
    {
        var detail = DetailOf(d);
        return new(new(d.Id), d.State, detail.Type, detail.Country, detail.Beneficiary["bankName"], detail.Beneficiary["fullName"],
            d.AccountNumber!, d.Amount, detail.AmountReceived, detail.Currency, detail.Rate, d.Fee, detail.Arrival, d.Remark, d.Reference,
            detail.QuoteId, detail.AttachmentId, d.MakerName, d.CreatedVia, d.CreatedAt, d.CompletedAt, d.FailureReason,
            d.ApprovalId is { } id ? new ApprovalId(id) : null);
    }

    public static InternationalDetail DetailOf(Disbursement d) => d.Detail!.As<InternationalDetail>();
}

/// <summary>
/// What the row of a transfer abroad keeps besides, and what its approval is bound to. Beneficiary and sender hold the fields of the
/// corridor's form; neither leaves with an event.
/// </summary>
public sealed record InternationalDetail(
    QuoteId QuoteId, CorridorType Type, string Country, string Currency, long AmountReceived, string Rate, DateOnly Arrival,
    IReadOnlyDictionary<string, string> Beneficiary, IReadOnlyDictionary<string, string>? Sender, AttachmentId? AttachmentId);
