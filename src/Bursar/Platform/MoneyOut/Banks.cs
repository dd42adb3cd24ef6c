using System.Collections.Frozen;
using System.Reflection;

namespace Bursar.Platform.MoneyOut;

public sealed record Bank(string Code, string Name, string Kind, long Fee);

/// <summary>The Indonesian banks and e-wallets money can be sent to, from banks.csv; fees in whole rupiah.</summary>
public static class Banks
{
    private const long BankFee = 2_500;
    private const long WalletFee = 1_000;
    private static readonly FrozenSet<string> VirtualAccountBanks =
        new[] { "bni", "bri", "cimb", "mandiri", "danamon", "muamalat", "permata" }.ToFrozenSet();

    public static readonly IReadOnlyList<Bank> All = Load();
    private static readonly FrozenDictionary<string, Bank> ByCode = All.ToFrozenDictionary(b => b.Code);

    public static Bank? Find(string code) => ByCode.GetValueOrDefault(code);

    /// <summary>bank, va or e_wallet: virtual account numbers of the seven VA banks are 14 digits or more and begin with 8.</summary>
    public static string DestinationOf(Bank bank, string account) =>
        bank.Kind == "e_wallet" ? "e_wallet"
        : VirtualAccountBanks.Contains(bank.Code) && account.Length >= 14 && account[0] == '8' ? "va" : "bank";

    private static List<Bank> Load()
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("banks.csv")!);
        // code,name,kind; no field is quoted.
        return [.. reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(','))
            .Select(f => new Bank(f[0], f[1], f[2], f[2] == "e_wallet" ? WalletFee : BankFee))];
    }
}
