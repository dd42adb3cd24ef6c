using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Messages;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using Bursar.Rooms.Payouts.Transfers;
using Dapper;
using Npgsql;
using static Bursar.Platform.Languages.Language;

namespace Bursar.Rooms.Payouts.Receipts;

/// <summary>Wants every transfer that was paid and names people to tell.</summary>
public sealed class ReceiptMailConsumer : IConsumer
{
    public const short Id = 20;

    public short Number => Id;

    public bool Wants(OpenBook book, JournalEntry entry) =>
        entry.Type == "transfer.succeeded" && book.Find(DisbursementTable.Instance, entry.Subject) is { Detail: not null };
}

/// <summary>
/// E-mails the receipt of a paid transfer to the recipients that it names, once: the rows leave the outbox in the transaction that queues
/// their messages. In the workspace's language, with the PDF and without a link: whoever gets it knows no page of ours.
/// </summary>
public sealed class MailReceipts(Database database, MessageQueue messages, ReceiptReads receipts, Wakeup wakeup, TimeProvider time)
    : OutboxPass("receipts by e-mail", wakeup)
{
    private const int AtOnce = 50;

    protected override async Task<bool> Pass(CancellationToken ct)
    {
        await using var connection = await database.Engine.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var paid = await Take(connection);
        if (paid.Count == 0) return false;
        foreach (var (book, transfer) in paid) await Tell(connection, book, transfer);
        await transaction.CommitAsync(ct);
        return paid.Count == AtOnce;
    }

    private async Task<List<(BookKey Book, Disbursement Transfer)>> Take(NpgsqlConnection connection)
    {
        await using var wrapped = await connection.ExecuteReaderAsync($"""
            with due as (
                select workspace_id, mode, position from outbox where consumer = @consumer and due <= @now
                order by due limit @AtOnce for update skip locked),
            gone as (
                delete from outbox o using due
                where o.workspace_id = due.workspace_id and o.mode = due.mode and o.position = due.position and o.consumer = @consumer
                returning o.workspace_id, o.mode, o.subject)
            select {DisbursementTable.Columns} from gone
            join disbursements d on d.workspace_id = gone.workspace_id and d.mode = gone.mode and d.disbursement_id = gone.subject
            """, new { consumer = ReceiptMailConsumer.Id, now = time.NowMicros(), AtOnce });
        var reader = (NpgsqlDataReader)((IWrappedDataReader)wrapped).Reader;
        var rows = new List<(BookKey, Disbursement)>();
        while (await reader.ReadAsync())
            rows.Add((new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), DisbursementTable.ReadRow(reader)));
        return rows;
    }

    private async Task Tell(NpgsqlConnection connection, BookKey book, Disbursement transfer)
    {
        var receipt = await receipts.Of(book, Transfer.Of(transfer));
        // It may have come back before anybody could be told: then there is nothing good to tell.
        if (!receipt.Ok || receipt.Value.ReturnedAt is not null) return;
        var r = receipt.Value;
        var (subject, text) = r.From.Language.Speak(() => (
            T($"{r.From.Name} sent you {MoneyText.Full(Money.Idr(transfer.Amount))}"),
            string.Join('\n', r.Facts().Where(f => f.Value is not null).Select(f => $"{f.Label}: {f.Value}")) + "\n"));
        if (book.Mode == Mode.Test) subject = "[Test] " + subject;
        var recipients = transfer.Detail!.As<TransferDetail>().RecipientEmails;
        var file = new MailFileOf(ReceiptMailFiles.Name, book, transfer.Id);
        foreach (var to in recipients.Select(PlainText.Email).OfType<string>().Distinct())
            await messages.Send(connection, new OutgoingMessage(MessageChannel.Email, to, subject, text) { File = file });
    }
}

/// <summary>The receipt as it goes with its mail: the very file of its page.</summary>
public sealed class ReceiptMailFiles(TransferReads transfers, ReceiptReads receipts) : IMailFileMaker
{
    public const string Name = "receipt";

    public string Kind => Name;

    public async Task<MailFile?> Make(BookKey book, Guid subject)
    {
        if (await transfers.Find(book, new(subject)) is not { } transfer) return null;
        var receipt = await receipts.Of(book, Transfer.Of(transfer));
        return receipt.Ok ? new MailFile(receipt.Value.FileName, receipt.Value.Pdf()) : null;
    }
}
