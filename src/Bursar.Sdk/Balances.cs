namespace Bursar.Sdk;

/// <summary>One account (deposit, collected, token), in minor units: posted is there, held is reserved, available is free.</summary>
public sealed record Balance(string Account, string Currency, long Available, long Held, long Posted);

/// <summary>/v1/balances.</summary>
public sealed class Balances
{
    private readonly Transport transport;
    internal Balances(Transport transport) => this.transport = transport;

    /// <summary>All accounts of the book.</summary>
    public async Task<IReadOnlyList<Balance>> All(CancellationToken ct = default) =>
        (await transport.Get<Page<Balance>>("/v1/balances", ct).ConfigureAwait(false)).Data;
}
