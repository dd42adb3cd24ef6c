using System.Threading.RateLimiting;
using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Dapper;

namespace Bursar.Rooms.Payouts.Inquiries;

/// <summary>
/// Whose account is this? Asked of the bank outside any transaction and remembered for a while, in this book only: a name is personal data
/// (decision 41). The API, the review of a transfer and whoever keeps an account all ask here.
/// </summary>
public sealed class AccountHolders(Database database, PayoutRouting routing, Posting posting, TimeProvider time)
    : IAccountHolders, IDisposable
{
    private const int AsksPerMinute = 120;
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstAskAgain = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan KnownFor = TimeSpan.FromHours(24);
    private static readonly TimeSpan RefusedFor = TimeSpan.FromMinutes(10);

    // A partner that hangs keeps nobody waiting who asks another one.
    private readonly PartitionedRateLimiter<string> places = PartitionedRateLimiter.Create<string, string>(rail =>
        RateLimitPartition.GetConcurrencyLimiter(rail, _ => new ConcurrencyLimiterOptions { PermitLimit = 32, QueueLimit = 64 }));
    private readonly PartitionedRateLimiter<BookKey> asking = PartitionedRateLimiter.Create<BookKey, BookKey>(book =>
        RateLimitPartition.GetFixedWindowLimiter(book,
        _ => new FixedWindowRateLimiterOptions { PermitLimit = AsksPerMinute, Window = TimeSpan.FromMinutes(1) }));

    /// <summary>What is wrong with a bank code and account number, before anybody is asked.</summary>
    public static FieldError[] Problems(string bankCode, string accountNumber)
    {
        var errors = new List<FieldError>();
        if (Banks.Find(bankCode) is null) errors.Add(new("/bankCode", "unknown", "This bank is not known."));
        if (accountNumber.Length is < 4 or > 30 || !accountNumber.All(char.IsAsciiDigit))
            errors.Add(new("/accountNumber", "invalid", "4 to 30 digits."));
        return [.. errors];
    }

    public Task<Result<InquiryAnswer>> Look(Actor actor, string bankCode, string accountNumber) =>
        Look(actor, Permission.CreateTransactions, DisbursementKind.MoneyTransfer, bankCode, accountNumber);

    public async Task<Result<InquiryAnswer>> Look(
        Actor actor, Permission needs, DisbursementKind kind, string bankCode, string accountNumber)
    {
        if (actor.Require(needs) is { } denied) return denied;
        if ((await routing.Rails()).ForInquiry(actor.Book.Mode, kind) is { Ok: false } nobody) return nobody.Error;
        if (await Newest(actor.Book, bankCode, accountNumber) is { } known && (IsKnown(known) || known.NextAsk is not null))
            return new InquiryAnswer(known.Status, known.AccountHolder);
        var asked = await Ask(actor, needs, kind, bankCode, accountNumber, null);
        return asked.Map(a => new InquiryAnswer(a.Value.Status, a.Value.AccountHolder));
    }

    /// <summary>A new inquiry, answered from memory where the bank said it a while ago.</summary>
    public async Task<Result<Answer<Inquiry>>> Ask(
        Actor actor, Permission needs, DisbursementKind kind, string bankCode, string accountNumber, IdempotencyKey? key)
    {
        var now = time.NowMicros();
        var rail = (await routing.Rails()).ForInquiry(actor.Book.Mode, kind);
        if (!rail.Ok) return rail.Error;
        var row = new InquiryRow(
            InquiryId.New(now).Value, rail.Value.Name, bankCode, accountNumber, InquiryStatus.Pending, null, 1, now, null, null);
        if (await Newest(actor.Book, bankCode, accountNumber) is { } known && IsKnown(known))
            row = row with { Rail = known.Rail, Status = known.Status, AccountHolder = known.AccountHolder, AnsweredAt = known.AnsweredAt };
        else
        {
            var told = await AskBank(actor.Book, rail.Value, row.Id, bankCode, accountNumber, again: false);
            if (!told.Ok) return told.Error;
            row = told.Value.Status == InquiryStatus.Pending ? row with { NextAsk = now + FirstAskAgain }
                : row with { Status = told.Value.Status, AccountHolder = told.Value.AccountHolder, AnsweredAt = time.NowMicros() };
        }
        return await posting.Submit(new Keep(actor, row) { Needs = needs, Idempotency = key });
    }

    /// <summary>Asks the bank, whatever is remembered. A rail that gives no answer, or is suspended, has said nothing yet.</summary>
    public async Task<Result<InquiryAnswer>> AskBank(
        BookKey book, KnownRail rail, Guid inquiry, string bankCode, string accountNumber, bool again)
    {
        if (rail.SuspendedAt is not null) return InquiryAnswer.Pending;
        using var lease = asking.AttemptAcquire(book);
        if (!lease.IsAcquired)
            return new Error(Errors.RateLimited, $"At most {AsksPerMinute} accounts are asked for a minute.").With("retryAfter", 60);
        var adapter = (IInquiryRail)rail.Adapter;
        var question = new InquiryQuestion(book.Mode, inquiry.ToString("N"), bankCode, accountNumber) { RailSettings = rail.RailSettings };
        using var limit = new CancellationTokenSource(AnswerMax, time);
        try
        {
            using var place = await places.AcquireAsync(rail.Name, 1, limit.Token);
            if (!place.IsAcquired) return InquiryAnswer.Pending;
            return await (again ? adapter.InquireAgain(question, limit.Token) : adapter.Inquire(question, limit.Token))
                .WaitAsync(limit.Token);
        }
        catch (Exception e)
        {
            await Console.Error.WriteLineAsync($"bursar: an inquiry at {bankCode} got no answer: {e.GetType().Name}");
            return InquiryAnswer.Pending;
        }
    }

    public async Task<Error?> Tell(string rail, Guid inquiry, InquiryAnswer answer)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        var asked = (await connection.QueryAsync<(Guid Workspace, short Mode)>("""
            select workspace_id, mode from account_inquiries where inquiry_id = @inquiry and rail = @rail
            """, new { inquiry, rail })).AsList();
        if (asked is not [var of]) return Errors.Missing();
        if (answer.Status == InquiryStatus.Pending) return null;
        var book = new BookKey(new(of.Workspace), (Mode)of.Mode);
        var told = await posting.Submit(
            new AnswerInquiry(Actor.System(book, $"Rail {rail}", RequestId.New(time.GetUtcNow())), inquiry, answer));
        return told.Ok || told.Error.Code == Errors.StateConflict ? null : told.Error;
    }

    /// <summary>What is said where the account cannot be paid.</summary>
    public static Error Refusal() =>
        new(Errors.BeneficiaryInvalid, "The bank does not know this account, or it cannot receive money. Nothing was sent.")
        {
            Fields = [new FieldError("/accountNumber", "beneficiary_invalid",
                "Check the account number: the bank does not accept it.")],
        };

    private async Task<InquiryRow?> Newest(BookKey book, string bankCode, string accountNumber)
    {
        var rows = await database.Read(book, $"""
            select {InquiryTable.Columns} from account_inquiries i
            where i.workspace_id = @workspace and i.mode = @mode and i.bank_code = @bankCode and i.account_number = @accountNumber
            order by i.created_at desc limit 1
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, bankCode, accountNumber }, InquiryTable.ReadRow);
        return rows is [var newest] ? newest : null;
    }

    private bool IsKnown(InquiryRow row) => row.AnsweredAt + Life(row.Status) > time.NowMicros();

    private static TimeSpan Life(InquiryStatus status) => status switch
    {
        InquiryStatus.Success or InquiryStatus.SuspectedAccount => KnownFor,
        InquiryStatus.Pending or InquiryStatus.Failed => TimeSpan.Zero,
        _ => RefusedFor,
    };

    public void Dispose()
    {
        places.Dispose();
        asking.Dispose();
    }

    private sealed class Keep(Actor actor, InquiryRow row) : Command<Inquiry>(actor)
    {
        public override Result<Inquiry> Decide(OpenBook book)
        {
            book.Insert(InquiryTable.Instance, row.Id, row);
            var resource = Inquiry.Of(row);
            if (row.Status == InquiryStatus.Pending) book.Record("account_inquiry.pending", row.Id, row.Version, resource);
            else book.Publish(Inquiry.Completed, row.Id, row.Version, resource);
            return resource;
        }
    }
}

public static class InquiryStatuses
{
    /// <summary>The bank said that nothing can be paid there.</summary>
    public static bool CannotReceive(this InquiryStatus status) =>
        status is InquiryStatus.InvalidAccountNumber or InquiryStatus.Closed or InquiryStatus.BlackListed;
}
