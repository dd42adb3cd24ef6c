using Bursar.Platform.Books;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Spending.Receipts;
using Bursar.Rooms.Spending.Requests;

namespace Bursar.Rooms.Spending.Execution;

/// <summary>
/// An executed spend has its receipt from whoever paid: the executor's transaction, or the payment over Bursar's own rail. One that the agent
/// sent before stays.
/// </summary>
public static class ExecutionReceipts
{
    public static void Reads(Reads reads, Command command, Paid paid)
    {
        reads.WantAnomalies(command, paid.Disbursement);
        reads.Of(ReceiptTable.Instance).Want(command.Book, paid.Disbursement);
        if (paid.Answer.ProviderReference is { } transaction)
            reads.Of(ProviderUseTable.Instance).Want(command.Book, (SpendDetail.Executor, transaction));
    }

    public static void Write(OpenBook book, Disbursement spend, Paid paid)
    {
        if (book.Find(ReceiptTable.Instance, spend.Id) is not null) return;
        var receipt = new Receipt(
            ReceiptId.New(book.At), spend.Rail, paid.Answer.ProviderReference ?? new SpendRequestId(spend.Id).ToString(), spend.Amount,
            spend.Currency, null, true, book.At);
        book.Insert(ReceiptTable.Instance, spend.Id, receipt);
        book.NoteUse(spend, receipt);
        book.Publish("spend.receipt_recorded", spend.Id, spend.Version,
            SpendRequest.Of(spend) with { Receipt = ReceiptResource.Of(receipt), Anomalies = book.AnomaliesOf(spend.Id) });
    }
}
