using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Data;
using Bursar.Platform.Files;
using Bursar.Platform.Languages;
using Bursar.Rooms.Payouts.Transfers;

namespace Bursar.Rooms.Payouts.Receipts;

/// <summary>Receipts of transfers that were paid; one that came back says so.</summary>
public sealed class ReceiptReads(Database database, TransferReads transfers, ILetterheads letterheads, Exports exports)
{
    public async Task<Result<Receipt>> Of(Actor actor, TransferId id)
    {
        var transfer = await transfers.Get(actor, id);
        return transfer.Ok ? await Of(actor.Book, transfer.Value) : transfer.Error;
    }

    public async Task<Result<Receipt>> Of(BookKey book, Transfer transfer)
    {
        if (!Receipt.Exists(transfer))
            return new Error(Errors.StateConflict, "Only a transfer that was paid has a receipt.").With("state", transfer.State);
        var told = await database.Query<(string Type, DateTimeOffset At)>(book, """
            select type, booked_at from journal where workspace_id = @workspace and mode = @mode and subject = @id
                and type in ('transfer.succeeded', 'transfer.reversed') order by position
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, id = transfer.Id.Value });
        DateTimeOffset? When(string type) => told.Where(t => t.Type == type).Select(t => (DateTimeOffset?)t.At).FirstOrDefault();
        return new Receipt(book.Mode, transfer, When("transfer.succeeded") ?? transfer.CompletedAt!.Value, When("transfer.reversed"),
            await letterheads.Of(book));
    }

    /// <summary>The receipt as a file, which the journal knows of; in <paramref name="language"/>, else in the workspace's.</summary>
    public async Task<Result<(string Name, byte[] Content)>> Pdf(Actor actor, string id, Language? language, CancellationToken ct)
    {
        if (!TransferId.TryParse(id, out var transfer)) return Errors.Missing();
        if (actor.Require(Permission.DownloadReports) is { } denied) return denied;
        var receipt = await Of(actor, transfer);
        if (!receipt.Ok) return receipt.Error;
        var begun = await exports.Begin(actor, Permission.DownloadReports, "receipt", id, ct, "pdf");
        if (!begun.Ok) return begun.Error;
        await begun.Value.DisposeAsync();
        return (receipt.Value.FileName, receipt.Value.Pdf(language));
    }
}
