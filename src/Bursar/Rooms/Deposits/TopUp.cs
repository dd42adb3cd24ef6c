using Bursar.Platform.Data;
using Bursar.Platform.MoneyIn;

namespace Bursar.Rooms.Deposits;

/// <summary>How a transfer is told to be for a top-up: by its exact amount, or by a number that is this top-up's alone.</summary>
public enum TopUpChannel { UniqueAmount, VirtualAccount }

/// <summary>
/// A top-up as the API, the events and the pages show it; <see cref="PayAmount"/> is what must be transferred, to the digit, to
/// <see cref="AccountNumber"/>: the receiving account, or the virtual account of this top-up alone. <see cref="Received"/> is what came.
/// </summary>
public sealed record TopUp(
    TopUpId Id, CollectionState State, long Amount, string Currency, int? UniqueCode,
    long PayAmount, TopUpChannel Channel, string? BankCode, string? AccountNumber, long? Received, string? Note,
    bool ViaAtm, string MakerName, DateTimeOffset ExpiresAt, DateTimeOffset CreatedAt, DateTimeOffset? CompletedAt)
{
    public static readonly CollectionShape Shape = new(CollectionKind.TopUp, "top_up", Of);

    public static TopUp Of(Collection c) => new(
        new(c.Id), c.State, c.Amount, c.Currency, c.UniqueCode, c.PayAmount, Json.Parse<TopUpChannel>(c.Channel), c.BankCode,
        c.VirtualAccount ?? c.ReceivingAccount, c.Received, c.Note,
        c.ViaAtm, c.MakerName, c.ExpiresAt, c.CreatedAt, c.CompletedAt);
}
