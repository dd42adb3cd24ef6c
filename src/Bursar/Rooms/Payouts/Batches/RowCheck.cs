using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Payments;
using Bursar.Core.Signing;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using Bursar.Rooms.Payouts.Transfers;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>A row as far as it can be told without asking anybody: what it would cost, and everything that is wrong with it.</summary>
public sealed record CheckedRow(BatchRow Row, long? Amount, long Fee)
{
    public IReadOnlyList<RowFault> Faults { get; init; } = [];
    public IReadOnlyList<string> Flags { get; init; } = [];
}

/// <summary>The fields of rows are checked by the rules of a single transfer: form, API and file share them.</summary>
public static class RowCheck
{
    private static readonly char[] EmailEnds = [',', ';', ' '];
    /// <summary>Stands in for an amount that cannot be read, so that the other cells are checked all the same.</summary>
    private const long Placeholder = 1_000_000;

    public static CreateTransfer.Request RequestOf(long amount, BatchRow row)
    {
        var emails = row.RecipientEmails.Split(EmailEnds, StringSplitOptions.RemoveEmptyEntries);
        return new(amount, row.BankCode, row.AccountNumber, Given(row.Remark), emails.Length > 0 ? emails : null, Given(row.Reference));
    }

    /// <summary>All rows, each by itself and then beside the others: a reference names one transfer, and twins are worth a look.</summary>
    public static List<CheckedRow> All(CreateTransfer create, KnownRails rails, Actor actor, IReadOnlyList<BatchRow> rows)
    {
        var references = new HashSet<string>(StringComparer.Ordinal);
        var twins = rows.CountBy(TwinKey).Where(k => k.Value > 1).Select(k => k.Key).ToHashSet();
        return [.. rows.Select(row => One(create, rails, actor, row)).Select(found => Beside(found))];

        CheckedRow Beside(CheckedRow found) => found with
        {
            Faults = found.Row.Reference.Length > 0 && !references.Add(found.Row.Reference)
                ? [.. found.Faults, new RowFault("reference", "reference_duplicate", "An earlier row has the same reference.")]
                : found.Faults,
            Flags = twins.Contains(TwinKey(found.Row)) ? [RowFlags.DuplicateInFile] : [],
        };
    }

    private static (string, string, string) TwinKey(BatchRow row) => (row.BankCode, row.AccountNumber, row.Amount);

    private static CheckedRow One(CreateTransfer create, KnownRails rails, Actor actor, BatchRow row)
    {
        var faults = new List<RowFault>(row.Faults);
        var amount = MoneyInput.TryParse(row.Amount, out var money) ? money.Minor : (long?)null;
        if (amount is null)
            faults.Add(row.Amount.Length == 0
                ? new RowFault("amount", "required", "There is no amount.")
                : new RowFault("amount", "invalid", "Write whole rupiah: 1250000."));
        var order = create.Parse(actor, RequestOf(amount ?? Placeholder, row), rails);
        if (!order.Ok && order.Error.Fields.Count == 0) faults.Add(new RowFault(null, order.Error.Code.Code, order.Error.Said));
        else if (!order.Ok) faults.AddRange(order.Error.Fields.Select(f => new RowFault(f.Field.TrimStart('/'), f.Code, f.Said)));
        return new CheckedRow(row, amount, Banks.Find(row.BankCode)?.Fee ?? 0) { Faults = faults };
    }

    /// <summary>SHA-256 of what the rows ask for, one after the other, whatever file they came in.</summary>
    public static string Fingerprint(IReadOnlyList<CheckedRow> rows) => ContentHash.Of([.. rows.Select(r => ("row", (string?)ContentHash.Of(
        ("amount", r.Amount?.ToString(CultureInfo.InvariantCulture) ?? r.Row.Amount), ("bank", r.Row.BankCode),
        ("account", r.Row.AccountNumber), ("remark", r.Row.Remark), ("reference", r.Row.Reference),
        ("emails", string.Join(' ', r.Row.RecipientEmails.Split(EmailEnds, StringSplitOptions.RemoveEmptyEntries))))))]);

    private static string? Given(string text) => text.Length > 0 ? text : null;
}

/// <summary>What is no fault but worth a look before money goes.</summary>
public static class RowFlags
{
    public const string DuplicateInFile = "duplicate_in_file";
    /// <summary>The same amount went, or is on its way, to the same account within 90 days.</summary>
    public const string DuplicateOfTransfer = "duplicate_of_transfer";
    /// <summary>Nothing was ever paid to this account in the last 90 days.</summary>
    public const string NewPayee = "new_payee";
    /// <summary>Never paid of late, while the same name was paid at another account, or the beneficiary had another one.</summary>
    public const string ChangedAccount = "changed_account";
    /// <summary>Somebody set this account for a beneficiary within the last day (decision 41).</summary>
    public const string CoolingAccount = "cooling_account";
    /// <summary>More than three times what this payee usually gets, or among the highest hundredth of the file.</summary>
    public const string Outlier = "outlier";
    /// <summary>The bank suspects the account.</summary>
    public const string SuspectedAccount = "suspected_account";
    /// <summary>The bank has not told whose account it is.</summary>
    public const string NameUnknown = "name_unknown";
    /// <summary>No bank was asked whose account it is.</summary>
    public const string NameNotAsked = "name_not_asked";
}
