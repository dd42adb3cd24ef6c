using Bursar.Core.Access;
using Bursar.Core.Rails;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Payouts.Inquiries;

namespace Bursar.Rooms.Payouts.Beneficiaries;

/// <summary>Without a name it gets the holder's, as the bank says it.</summary>
public sealed record NewBeneficiary(string BankCode, string AccountNumber, string? Name = null, string? Email = null);

/// <summary>What is absent stays; an empty e-mail clears it.</summary>
public sealed record BeneficiaryChange(
    string? BankCode = null, string? AccountNumber = null, string? Name = null, string? Email = null);

/// <summary>
/// Saves whom a business pays again and again. The bank is asked whose account it is; for a day, whoever set an account does not approve what
/// goes there (QUALITY AP2, decision 41).
/// </summary>
public sealed class SaveBeneficiary(Posting posting, AccountHolders holders, BeneficiaryReads reads, TimeProvider time)
{
    private const int Most = 10_000;

    public async Task<Result<Beneficiary>> Create(Actor actor, NewBeneficiary request)
    {
        if (actor.Require(Permission.CreateTransactions) is { } denied) return denied;
        var name = request.Name is { Length: 0 } ? null : request.Name;
        if (Problems(request.BankCode, request.AccountNumber, name, request.Email) is { Length: > 0 } problems)
            return Errors.Invalid(problems);
        if (await reads.Count(actor.Book) >= Most)
            return new Error(Errors.StateConflict, $"A book keeps up to {Most} beneficiaries. Remove one first.");
        var holder = await Holder(actor, request.BankCode, request.AccountNumber);
        if (!holder.Ok) return holder.Error;
        if ((name ?? holder.Value) is not { } called)
            return Errors.Field("/name", "required", "The bank has not told the name: write one.");
        var now = time.NowMicros();
        var row = new BeneficiaryRow
        {
            Id = BeneficiaryId.New(now).Value,
            Version = 1,
            Name = called,
            BankCode = request.BankCode,
            AccountNumber = request.AccountNumber,
            AccountHolder = holder.Value,
            Email = PlainText.Email(request.Email),
            CreatedBy = actor.Name,
            CreatedAt = now,
            AccountChangedBy = actor.Name,
            AccountChangedAt = now,
        };
        return await Submit(new Write(actor, row.Id, _ => row, request.BankCode, request.AccountNumber, "beneficiary.created"));
    }

    public async Task<Result<Beneficiary>> Change(Actor actor, BeneficiaryId id, BeneficiaryChange request)
    {
        if (actor.Require(Permission.CreateTransactions) is { } denied) return denied;
        if (await reads.Find(actor.Book, id) is not { } before) return Errors.Missing();
        var (bank, account) = (request.BankCode ?? before.BankCode, request.AccountNumber ?? before.AccountNumber);
        if (Problems(bank, account, request.Name, request.Email) is { Length: > 0 } problems) return Errors.Invalid(problems);
        var isOther = (bank, account) != (before.BankCode, before.AccountNumber);
        var holder = isOther ? await Holder(actor, bank, account) : before.AccountHolder;
        if (!holder.Ok) return holder.Error;
        return await Submit(new Write(actor, id.Value, known => known! with
        {
            Version = known.Version + 1,
            Name = request.Name ?? known.Name,
            Email = request.Email is null ? known.Email : PlainText.Email(request.Email),
            BankCode = isOther ? bank : known.BankCode,
            AccountNumber = isOther ? account : known.AccountNumber,
            AccountHolder = isOther ? holder.Value : known.AccountHolder,
        }, bank, account, "beneficiary.changed"));
    }

    /// <summary>Who set its account is still remembered for the cooling time.</summary>
    public async Task<Result<Beneficiary>> Remove(Actor actor, BeneficiaryId id)
    {
        if (actor.Require(Permission.CreateTransactions) is { } denied) return denied;
        return await Submit(new Write(actor, id.Value, known => known! with { Version = known.Version + 1, RemovedAt = time.NowMicros() },
            null, null, "beneficiary.removed"));
    }

    private async Task<Result<Beneficiary>> Submit(Write write) => (await posting.Submit(write)).Map(a => a.Value);

    private static FieldError[] Problems(string bank, string account, string? name, string? email)
    {
        var errors = new List<FieldError>(AccountHolders.Problems(bank, account));
        if (name is not null && PlainText.Problem(name, 1, 100) is { } problem) errors.Add(new("/name", "invalid", problem));
        if (email is { Length: > 0 } && PlainText.Email(email) is null)
            errors.Add(new("/email", "invalid", "This is no e-mail address."));
        return [.. errors];
    }

    /// <summary>Whose account it is; null where the bank has not said, or no rail can ask it.</summary>
    private async Task<Result<string?>> Holder(Actor actor, string bank, string account)
    {
        var told = await holders.Look(actor, bank, account);
        if (!told.Ok) return told.Error.Code == Errors.RailMissing ? (string?)null : told.Error;
        return told.Value.Status.CannotReceive() ? AccountHolders.Refusal() : told.Value.AccountHolder;
    }

    private sealed class Write(
        Actor actor, Guid id, Func<BeneficiaryRow?, BeneficiaryRow> change, string? bank, string? account, string type)
        : Command<Beneficiary>(actor)
    {
        public override void Plan(Reads reads) => reads.Of(BeneficiaryTable.Instance).Want(Book, (id, bank ?? "", account ?? ""));

        public override Result<Beneficiary> Decide(OpenBook book)
        {
            var before = book.Find(BeneficiaryTable.Instance, BeneficiaryTable.KeyOf(id));
            if (type != "beneficiary.created" && before is not { RemovedAt: null }) return Errors.Missing();
            var row = change(before);
            var isOpen = row.RemovedAt is null;
            if (isOpen && book.All(BeneficiaryTable.Instance).FirstOrDefault(other => other.Row.Id != id && other.Row.RemovedAt is null
                && other.Row.BankCode == row.BankCode && other.Row.AccountNumber == row.AccountNumber).Row is { } saved)
                return Saved(saved);
            if (isOpen && (before is null || (before.BankCode, before.AccountNumber) != (row.BankCode, row.AccountNumber)))
            {
                row = row with { AccountChangedBy = book.Actor.Name, AccountChangedAt = book.At };
                // The same moment: its account was never another.
                if (before is null) row = row with { CreatedAt = book.At };
                book.PayeeChanged(row.BankCode, row.AccountNumber);
            }
            if (before is null) book.Insert(BeneficiaryTable.Instance, BeneficiaryTable.KeyOf(id), row);
            else book.Update(BeneficiaryTable.Instance, BeneficiaryTable.KeyOf(id), row);
            var resource = Beneficiary.Of(row);
            book.Record(type, id, row.Version, resource);
            return resource;
        }

        private static Error Saved(BeneficiaryRow other) =>
            new(Errors.StateConflict, $"This account is saved already, as {other.Name}.")
            {
                Resource = new ResourceReference(
                    "beneficiary", new BeneficiaryId(other.Id).ToString(), $"/v1/beneficiaries/{new BeneficiaryId(other.Id)}"),
            };
    }
}
