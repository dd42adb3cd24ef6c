using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Ledger;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Http;
using Bursar.Platform.Ledger;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>
/// POST /v1/transfer-batches/{id}/submission: a checked batch is asked for, its rows slice by slice behind the answer. One that goes as a
/// whole takes the money of all its rows first.
/// </summary>
public sealed class SubmitBatch(IPosting posting, BatchReads reads, MoneyCodes codes)
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/transfer-batches/{id}/submission", (HttpContext http, string id, SubmitBatch slice) =>
            Api.Call(http, actor => slice.Handle(actor, id)))
            .Describe<TransferBatch>("Submit a transfer batch");

    public async Task<Result<TransferBatch>> Handle(Actor actor, string id)
    {
        if (actor.Require(Permission.CreateTransactions) is { } denied) return denied;
        if (!BatchId.TryParse(id, out var batch) || await reads.Find(actor.Book, batch) is not { } known) return Errors.Missing();
        Phrase Act() => $"send {MoneyText.Full(Money.Idr(known.Total))} in {known.Rows} transfers";
        if (await codes.Ask(actor, Act) is { } unproved) return unproved;
        return (await Start(actor, known)).Map(started => TransferBatch.Of(started));
    }

    /// <summary>The same for a batch that goes on by itself.</summary>
    public async Task<Result<Batch>> Start(Actor actor, Batch batch) =>
        (await posting.Submit(new Command(actor, batch.Id) { Needs = Permission.CreateTransactions })).Map(a => a.Value);

    private sealed class Command(Actor actor, Guid id) : Command<Batch>(actor)
    {
        public override void Plan(Reads reads)
        {
            reads.Of(BatchTable.Instance).Want(Book, id);
            reads.WantAccounts(this, AccountCode.Deposit, AccountCode.Payouts);
        }

        public override Result<Batch> Decide(OpenBook book)
        {
            if (book.Find(BatchTable.Instance, id) is not { } batch) return Errors.Missing();
            if (batch.State != BatchState.Ready)
                return new Error(Errors.StateConflict, "Only a batch that is ready can be submitted.").With("state", batch.State);
            if (batch.Way == BatchMode.Atomic)
            {
                var held = book.Hold(AccountCode.Deposit, AccountCode.Payouts, batch.Total + batch.Fees, id);
                if (!held.Ok) return held.Error;
                batch = batch with { Hold = held.Value.Value, Held = batch.Total + batch.Fees };
            }
            var submitting = book.Become(batch, BatchState.Submitting);
            book.Record(submitting);
            return submitting;
        }
    }
}
