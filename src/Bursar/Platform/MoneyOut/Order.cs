using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Signing;
using Bursar.Platform.Data;

namespace Bursar.Platform.MoneyOut;

/// <summary>What a product asks the spine to send.</summary>
public sealed record Order
{
    public required Guid Id { get; init; }
    public required DisbursementKind Kind { get; init; }
    public required long Amount { get; init; }
    public required string Currency { get; init; }
    public required long Fee { get; init; }
    /// <summary>Where the money goes; without one it does not leave the deposit (an agent pays by its own means).</summary>
    public string? BankCode { get; init; }
    public string? DestinationType { get; init; }
    public string? AccountNumber { get; init; }
    public string? RecipientName { get; init; }
    public string? Remark { get; init; }
    public string? Reference { get; init; }
    public required string Rail { get; init; }
    public StoredJson? Detail { get; init; }
    public string? AgentId { get; init; }
    public string? Merchant { get; init; }
    public string? Category { get; init; }
    public string? Reason { get; init; }
    public Guid? HandleId { get; init; }
    public TwinRule Twins { get; init; }
    /// <summary>The batch it is a row of: people decide on its approval there.</summary>
    public Guid? BatchId { get; init; }
    /// <summary>Its budget counts as used from the moment it is allowed: whoever asked may pay at once and never tell.</summary>
    public bool UsedWhenAllowed { get; init; }

    /// <summary>The order of a row, for its hash.</summary>
    public static Order Of(Disbursement d) => new()
    {
        Id = d.Id,
        Kind = d.Kind,
        Amount = d.Amount,
        Currency = d.Currency,
        Fee = d.Fee,
        BankCode = d.BankCode,
        DestinationType = d.DestinationType,
        AccountNumber = d.AccountNumber,
        Remark = d.Remark,
        Rail = d.Rail,
        Detail = d.Detail,
        AgentId = d.AgentId,
        Merchant = d.Merchant,
        Category = d.Category,
        Reason = d.Reason,
        HandleId = d.HandleId,
    };

    /// <summary>What the policies are asked; an agent spend is the agent's, whoever's key it came through.</summary>
    public Instruction InstructionOf(Actor actor) => InstructionOf(actor.Kind, actor.Credential);

    /// <summary>What the policies were asked when this row was made.</summary>
    public static Instruction InstructionOf(Disbursement d) => Of(d).InstructionOf((PrincipalKind)d.MakerKind, d.MakerCredential);

    internal Instruction InstructionOf(PrincipalKind maker, Guid credential)
    {
        var isSpend = Kind == DisbursementKind.AgentSpend;
        return new(Kind, isSpend ? PrincipalKind.Agent : maker, Amount, Currency)
        {
            KeyId = maker == PrincipalKind.ApiKey ? new ApiKeyId(credential).ToString() : null,
            AgentId = AgentId,
            HandleId = HandleId is { } handle ? new HandleId(handle).ToString() : null,
            Merchant = isSpend ? Merchant : $"{BankCode}:{AccountNumber}",
            Category = isSpend ? Category : DestinationType,
        };
    }

    /// <summary>What an approver is shown and an execution must match.</summary>
    public string Hash() => Kind == DisbursementKind.AgentSpend
        ? ContentHash.Of(
            ("kind", Json.Name(Kind)), ("id", Id.ToString("N")), ("amount", Text(Amount)), ("currency", Currency), ("fee", Text(Fee)),
            ("bank", BankCode), ("account", AccountNumber), ("agent", AgentId), ("merchant", Merchant), ("category", Category),
            ("reason", Reason), ("handle", HandleId?.ToString("N")), ("rail", Rail), ("detail", Detail?.Text))
        : ContentHash.Of(
            ("kind", Json.Name(Kind)), ("id", Id.ToString("N")), ("amount", Text(Amount)), ("currency", Currency), ("fee", Text(Fee)),
            ("bank", BankCode), ("destination", DestinationType), ("account", AccountNumber), ("remark", Remark), ("rail", Rail),
            ("detail", Detail?.Text));

    private static string Text(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
