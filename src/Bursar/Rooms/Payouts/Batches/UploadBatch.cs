using Bursar.Core.Access;
using Bursar.Core.Currencies;
using Bursar.Core.Payments;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Payouts.Transfers;
using Microsoft.AspNetCore.Mvc;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>
/// POST /v1/transfer-batches: many transfers at once, as a file (multipart <c>file</c>) or as JSON rows (PRODUCT P4). The answer comes when
/// every row is kept; the check goes on behind it. The same rows again are refused, by whatever file they come.
/// </summary>
public sealed class UploadBatch(
    IPosting posting, BatchStore store, CreateTransfer create, PayoutRouting routing, TimeProvider time)
{
    private const int NameMax = 200;
    private const int AtOnce = 4;
    private int open;

    /// <summary>Submits once its check found nothing wrong, unless <paramref name="Submit"/> is false.</summary>
    public sealed record Request(
        IReadOnlyList<CreateTransfer.Request> Rows, BatchMode Mode = BatchMode.Continue, bool Submit = true, bool CheckNames = true);

    /// <summary>What besides the rows says how they are paid.</summary>
    public sealed record Wishes(string FileName, BatchMode Mode, bool Submit, bool CheckNames);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/transfer-batches", (HttpContext http, UploadBatch slice) => slice.Answer(http))
            .WithMetadata(new RequestSizeLimitAttribute(BatchForm.BodyMax))
            .DescribeFile<Request, TransferBatch>("Create a transfer batch",
                new Request([new CreateTransfer.Request(250_000, "bca", "5270997481", "Salary", Reference: "salary-11-001")]),
                ("file", "CSV or XLSX with a header row; up to 20,000 rows and 10 MB."), ("mode", "continue (default) or atomic."),
                ("submit", "false: wait for the submission."), ("checkNames", "false: ask no bank whose account it is."));

    private async Task Answer(HttpContext http)
    {
        if (!http.Request.HasFormContentType)
        {
            await Api.Create<Request, TransferBatch>(http, (actor, request, key) => Handle(actor, Rows(request),
                new Wishes("API", request.Mode, request.Submit, request.CheckNames), key.Route, key.Key));
            return;
        }
        await Api.CreateFromForm(http, async (actor, form, key) =>
        {
            if (actor.Require(Permission.CreateTransactions) is { } denied) return denied;
            var read = await BatchForm.Read(form);
            return read.Ok ? await Handle(actor, read.Value.Rows, read.Value.Wishes, key.Route, key.Key) : read.Error;
        });
    }

    private static Result<IReadOnlyList<BatchRow>> Rows(Request request) => request.Rows.Count switch
    {
        0 => Errors.Field("/rows", "required", "At least one row."),
        > BatchLimits.Rows => Errors.Field("/rows", "too_many_rows", $"A batch has up to {BatchLimits.Rows} rows."),
        _ => request.Rows.Select((r, i) => new BatchRow(
            i + 1, r.Amount.ToString(System.Globalization.CultureInfo.InvariantCulture), r.BankCode, r.AccountNumber, r.Remark ?? "",
            r.Reference ?? "", string.Join(' ', r.RecipientEmails ?? []))
        {
            Faults = r.Currency is null or "IDR" ? [] : [new RowFault("currency", "currency_mismatch", "Money transfers are in IDR.")],
        }).ToList(),
    };

    public async Task<Result<Answer<TransferBatch>>> Handle(
        Actor actor, Result<IReadOnlyList<BatchRow>> rows, Wishes wishes, string route, string key)
    {
        if (actor.Require(Permission.CreateTransactions) is { } denied) return denied;
        if (!rows.Ok) return rows.Error;
        if (PlainText.Problem(wishes.FileName, 1, NameMax) is { } name) return Errors.Field("/file", "invalid", name);
        // Said once and not of every row.
        var rails = await routing.Rails();
        if (create.Parse(actor, new CreateTransfer.Request(1_000_000, "bca", "1234567890"), rails) is { Ok: false } closed
            && closed.Error.Code == Errors.RailMissing) return closed.Error;
        if (Interlocked.Increment(ref open) > AtOnce)
        {
            Interlocked.Decrement(ref open);
            return new Error(Errors.Overloaded, "Several files are being read right now. Try again in a moment.");
        }
        try
        {
            return await Keep(actor, RowCheck.All(create, rails, actor, rows.Value), wishes, route, key);
        }
        finally
        {
            Interlocked.Decrement(ref open);
        }
    }

    private async Task<Result<Answer<TransferBatch>>> Keep(
        Actor actor, List<CheckedRow> rows, Wishes wishes, string route, string key)
    {
        var total = rows.Aggregate((Int128)0, (sum, r) => sum + (r.Amount ?? 0));
        var fees = rows.Sum(r => r.Amount is null ? 0 : r.Fee);
        if (total + fees > Money.Max)
            return new Error(Errors.AmountOutOfRange, $"All rows together must not exceed {Money.Max}.");
        var now = time.NowMicros();
        var batch = new Batch
        {
            Id = BatchId.New(now).Value,
            State = BatchState.Checking,
            Version = 1,
            Way = wishes.Mode,
            FileName = wishes.FileName,
            Rows = rows.Count,
            Total = (long)total,
            Fees = fees,
            Fingerprint = RowCheck.Fingerprint(rows),
            Submits = wishes.Submit,
            AsksNames = wishes.CheckNames,
            Maker = actor,
            CreatedAt = now,
            ChangedAt = now,
        };
        // Rows first: what is acknowledged has all of them. Rows whose batch was refused go at once, those of a crash by housekeeping.
        await store.Keep(batch, rows);
        var answer = await posting.Submit(new Command(actor, batch)
        {
            Needs = Permission.CreateTransactions,
            Idempotency = Bodies.Bind(key, route, new { batch.Fingerprint, wishes }),
        });
        if (!answer.Ok || answer.Value.Replayed) await store.Forget(batch);
        return answer;
    }

    private sealed class Command(Actor actor, Batch batch) : Command<TransferBatch>(actor)
    {
        public override void Plan(Reads reads) => reads.Of(KnownFileTable.Instance).Want(Book, batch.Fingerprint);

        public override Result<TransferBatch> Decide(OpenBook book)
        {
            if (book.Find(KnownFileTable.Instance, batch.Fingerprint) is { } first) return Duplicate(new(first.Batch));
            var made = batch with { CreatedAt = book.At, ChangedAt = book.At };
            book.Insert(BatchTable.Instance, made.Id, made);
            book.Insert(KnownFileTable.Instance, made.Fingerprint, new KnownFile(made.Id));
            book.Record("batch.created", made.Id, 1,
                new { made.FileName, made.Rows, made.Total, made.Fees, mode = made.Way, made.Fingerprint });
            return TransferBatch.Of(made);
        }

        private static Error Duplicate(BatchId first) =>
            new(Errors.DuplicateBatch,
                $"The same rows were uploaded within {KnownFileTable.Days} days. Nothing was made; see the first batch.")
            {
                Resource = new ResourceReference("transfer_batch", first.ToString(), $"/v1/transfer-batches/{first}"),
            };
    }
}
