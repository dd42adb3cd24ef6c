using Bursar.Platform.MoneyIn;

namespace Bursar.Rooms.Deposits;

/// <summary>
/// A top-up as the API, the events and the pages show it; <see cref="PayAmount"/> is what must be transferred, to the digit.
/// </summary>
public sealed record TopUp(
    TopUpId Id, CollectionState State, long Amount, string Currency, int? UniqueCode,
    long PayAmount, string? BankCode, string? AccountNumber, string? Note,
    bool ViaAtm, string MakerName, DateTimeOffset ExpiresAt, DateTimeOffset CreatedAt, DateTimeOffset? CompletedAt)
{
    public static readonly CollectionShape Shape = new(CollectionKind.TopUp, "top_up", Of);

    public static TopUp Of(Collection c) => new(
        new(c.Id), c.State, c.Amount, c.Currency, c.UniqueCode, c.PayAmount, c.BankCode, c.ReceivingAccount, c.Note,
        c.ViaAtm, c.MakerName, c.ExpiresAt, c.CreatedAt, c.CompletedAt);
}

/// <summary>Where top-ups are paid to. In test mode the simulator's own accounts; live ones are the operator's to set up.</summary>
public static class ReceivingBanks
{
    public static readonly IReadOnlyList<(string Code, string Name, string Account)> Test =
    [
        ("bca", "BCA", "5270990001"), ("mandiri", "Mandiri", "1370099900012"),
        ("bri", "BRI", "020601999000304"), ("bni", "BNI", "8099900015"),
    ];

    public static string? AccountOf(string bankCode) => Test.Where(b => b.Code == bankCode).Select(b => b.Account).FirstOrDefault();
}
