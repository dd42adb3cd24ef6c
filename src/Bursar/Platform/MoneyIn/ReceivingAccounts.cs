using System.Security.Cryptography;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.MoneyIn;

/// <summary>
/// A bank account of the operator's that workspaces pay into. <see cref="Number"/> names it in the house ledger; with a
/// <see cref="VaPrefix"/> its bank takes virtual account numbers that begin so. <see cref="CsvFormat"/> is how its CSV statements are read.
/// </summary>
public sealed record ReceivingAccount
{
    public Mode Mode { get; init; }
    public required string Account { get; init; }
    public short Number { get; init; }
    public required string BankCode { get; init; }
    public required string BankName { get; init; }
    public required string Holder { get; init; }
    public string? VaPrefix { get; init; }
    public bool Active { get; init; }
    public string? CsvFormat { get; init; }
}

/// <summary>
/// The accounts that top-ups are paid into. Those of test mode are the simulator's and stay as they are; live ones are the operator's.
/// </summary>
public sealed class ReceivingAccounts(Database database, TimeProvider time)
{
    /// <summary>Banks here keep their days in western Indonesian time.</summary>
    public static readonly TimeZoneInfo BankZone = Zones.Find("Asia/Jakarta").Value;

    private const int VaDigits = 10;
    private const string Columns =
        "mode, account, number, bank_code, bank_name, holder, va_prefix, active, csv_format";

    /// <summary>What a live account is made of.</summary>
    public sealed record Draft(string BankCode, string BankName, string Account, string Holder, string? VaPrefix);

    /// <summary>Those that take money now, by the name of their bank.</summary>
    public async Task<IReadOnlyList<ReceivingAccount>> Open(Mode mode) => [.. (await All()).Where(a => a.Mode == mode && a.Active)];

    /// <summary>The names of the mode's banks by their code, also of those that take no money now.</summary>
    public async Task<IReadOnlyDictionary<string, string>> BankNames(Mode mode) => (await All())
        .Where(a => a.Mode == mode).DistinctBy(a => a.BankCode).ToDictionary(a => a.BankCode, a => a.BankName);

    public async Task<ReceivingAccount?> Find(Mode mode, string account) =>
        (await All()).FirstOrDefault(a => a.Mode == mode && a.Account == account);

    /// <summary>Live ones first.</summary>
    public async Task<IReadOnlyList<ReceivingAccount>> All()
    {
        await using var connection = await database.App.OpenConnectionAsync();
        return (await connection.QueryAsync<ReceivingAccount>(
            $"select {Columns} from receiving_accounts order by mode desc, bank_name, number")).AsList();
    }

    public async Task<Result<ReceivingAccount>> Add(Draft draft)
    {
        var account = Digits(draft.Account);
        var errors = new List<FieldError>();
        void Check(string field, string? problem) { if (problem is not null) errors.Add(new FieldError(field, "invalid", problem)); }
        Check("/bankCode", PlainText.Problem(draft.BankCode, 1, 20));
        Check("/bankName", PlainText.Problem(draft.BankName, 1, 60));
        Check("/holder", PlainText.Problem(draft.Holder, 1, 80));
        Check("/account", account.Length is >= 6 and <= 20 ? null : "An account number has 6 to 20 digits.");
        Check("/vaPrefix", draft.VaPrefix is null || (draft.VaPrefix.Length is >= 3 and <= 8 && draft.VaPrefix.All(char.IsAsciiDigit))
            ? null : "A prefix has 3 to 8 digits.");
        if (errors.Count > 0) return Errors.Invalid([.. errors]);
        await using var connection = await database.Engine.OpenConnectionAsync();
        var made = await connection.QueryFirstOrDefaultAsync<ReceivingAccount>($"""
            insert into receiving_accounts (mode, account, number, bank_code, bank_name, holder, va_prefix, active, created_at)
            select @mode, @account, coalesce(max(number), 0) + 1, @BankCode, @BankName, @Holder, @VaPrefix, true, @now
            from receiving_accounts where mode = @mode
            on conflict do nothing returning {Columns}
            """, new
        {
            mode = (short)Mode.Live,
            account,
            draft.BankCode,
            draft.BankName,
            draft.Holder,
            draft.VaPrefix,
            now = time.NowMicros(),
        });
        return made is null
            ? new Error(Errors.StateConflict, "This account is there already, or the bank has an active one. Switch that one off first.")
            : made;
    }

    /// <summary>An account that is switched off takes no new top-up; its statements and what waits for them go on.</summary>
    public async Task<Result<ReceivingAccount>> Switch(string account, bool active)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        var changed = await connection.QueryFirstOrDefaultAsync<ReceivingAccount>($"""
            update receiving_accounts a set active = @active where mode = @mode and account = @account
                and not (@active and exists (select from receiving_accounts b
                    where b.mode = a.mode and b.bank_code = a.bank_code and b.active and b.account <> a.account))
            returning {Columns}
            """, new { mode = (short)Mode.Live, account, active });
        return changed is null
            ? new Error(Errors.StateConflict, "The bank has another active account. Switch that one off first.")
            : changed;
    }

    public async Task SaveCsvFormat(Mode mode, string account, string format)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        await connection.ExecuteAsync("update receiving_accounts set csv_format = @format where mode = @mode and account = @account",
            new { mode = (short)mode, account, format });
    }

    /// <summary>A virtual account number that nobody has had, bound to one collection.</summary>
    public async Task<string> IssueVirtualAccount(BookKey book, string prefix, Guid collection)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        while (true)
        {
            var number = prefix + RandomNumberGenerator.GetString("0123456789", VaDigits);
            if (await connection.ExecuteAsync("""
                insert into virtual_accounts (mode, va_number, workspace_id, collection_id) values (@mode, @number, @workspace, @collection)
                on conflict do nothing
                """, new { mode = (short)book.Mode, number, workspace = book.Workspace.Value, collection }) == 1) return number;
        }
    }

    private static string Digits(string account) => string.Concat(account.Where(char.IsAsciiDigit));
}
