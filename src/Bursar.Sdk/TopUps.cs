namespace Bursar.Sdk;

/// <summary>Asks for an exact amount to transfer: at least 10,000 rupiah.</summary>
public sealed record NewTopUp(long Amount, string BankCode)
{
    /// <summary>Yours, up to 200 characters.</summary>
    public string? Note { get; init; }

    /// <summary>unique_amount, or virtual_account for a number that is this top-up's alone.</summary>
    public string Channel { get; init; } = "unique_amount";
}

/// <summary>
/// A top-up. Transfer exactly <paramref name="PayAmount"/> to <paramref name="AccountNumber"/> before <paramref name="ExpiresAt"/>:
/// its last digits identify it, or the number where the channel is virtual_account. <paramref name="Received"/> is what came.
/// States: waiting, confirmed_by_user, completed, expired, cancelled, mismatch.
/// </summary>
public sealed record TopUp(
    string Id, string State, long Amount, string Currency, int? UniqueCode, long PayAmount, string Channel, string? BankCode,
    string? AccountNumber, long? Received, string? Note, bool ViaAtm, string MakerName, DateTimeOffset ExpiresAt, DateTimeOffset CreatedAt,
    DateTimeOffset? CompletedAt);

/// <summary>/v1/top-ups.</summary>
public sealed class TopUps
{
    private readonly Transport transport;
    internal TopUps(Transport transport) => this.transport = transport;

    /// <summary>Opens a top-up.</summary>
    public Task<TopUp> Create(NewTopUp topUp, string? idempotencyKey = null, CancellationToken ct = default) =>
        transport.Create<TopUp>("/v1/top-ups", topUp, idempotencyKey, ct);

    /// <summary>One top-up as it is now.</summary>
    public Task<TopUp> Get(string id, CancellationToken ct = default) =>
        transport.Get<TopUp>($"/v1/top-ups/{Uri.EscapeDataString(id)}", ct);

    /// <summary>Tells that the amount was transferred. Books nothing: the bank's statement does.</summary>
    public Task<TopUp> Confirm(string id, bool viaAtm = false, CancellationToken ct = default) =>
        transport.Post<TopUp>($"/v1/top-ups/{Uri.EscapeDataString(id)}/confirmation", new { viaAtm }, ct);

    /// <summary>Gives the exact amount back.</summary>
    public Task<TopUp> Cancel(string id, CancellationToken ct = default) =>
        transport.Post<TopUp>($"/v1/top-ups/{Uri.EscapeDataString(id)}/cancellation", null, ct);

    /// <summary>Every top-up of these states, or of any, newest first.</summary>
    public IAsyncEnumerable<TopUp> All(IReadOnlyList<string>? states = null, CancellationToken ct = default) =>
        transport.All<TopUp>("/v1/top-ups", new Query().Add("state", states ?? []).Add("limit", 200L), ct);

    /// <summary>Test mode only: the payer pays, the exact amount unless another is given.</summary>
    public Task<TopUp> PayInTest(string id, long? amount = null, CancellationToken ct = default) =>
        transport.Post<TopUp>("/v1/test/payments", new { collectionId = id, amount }, ct);
}
