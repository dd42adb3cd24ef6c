namespace Bursar.Platform.MoneyIn;

public enum CollectionKind { TopUp, LinkPayment, TokenPurchase }

public enum CollectionState { Waiting, ConfirmedByUser, Completed, Expired, Cancelled, Mismatch }

public static class CollectionStates
{
    public static bool IsOpen(this CollectionState state) => state is CollectionState.Waiting or CollectionState.ConfirmedByUser;
}

/// <summary>Money that is expected or was received. <see cref="PayAmount"/> is exact: the amount asked for plus the unique code.</summary>
public sealed record Collection
{
    public required Guid Id { get; init; }
    public required CollectionKind Kind { get; init; }
    public required CollectionState State { get; init; }
    public required int Version { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public int? UniqueCode { get; init; }
    public required long PayAmount { get; init; }
    public required string Channel { get; init; }
    public string? BankCode { get; init; }
    public string? ReceivingAccount { get; init; }
    /// <summary>The number to pay to, where the channel is a virtual account of the receiving account.</summary>
    public string? VirtualAccount { get; init; }
    public string? Note { get; init; }
    public bool ViaAtm { get; init; }
    public long? Received { get; init; }
    /// <summary>The line of the operator's statement that brought the money.</summary>
    public Guid? ReceivedLine { get; init; }
    public required string MakerName { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ChangedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
}

/// <summary>What a room tells the spine of its kind: the event prefix and what GET of the resource returns.</summary>
public sealed record CollectionShape(CollectionKind Kind, string EventPrefix, Func<Collection, object> Resource);

public sealed class CollectionShapes(IEnumerable<CollectionShape> shapes)
{
    private readonly Dictionary<CollectionKind, CollectionShape> byKind = shapes.ToDictionary(s => s.Kind);

    public CollectionShape Of(CollectionKind kind) => byKind[kind];
}
