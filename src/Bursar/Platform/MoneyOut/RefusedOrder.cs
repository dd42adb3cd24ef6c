using Bursar.Core.Access;
using Bursar.Core.Policies;

namespace Bursar.Platform.MoneyOut;

/// <summary>
/// What the journal keeps of an order that a policy refused, under the id that it would have had. An agent's has a row of its own instead.
/// </summary>
public sealed record RefusedOrder(
    DisbursementKind Kind, long Amount, string Currency, string? BankCode, string? AccountNumber, string Reason,
    IReadOnlyList<RuleOutcome> Rules, string? DestinationType = null)
{
    public const string Type = "decision.denied";

    public static RefusedOrder Of(Order o, Decision d) =>
        new(o.Kind, o.Amount, o.Currency, o.BankCode, o.AccountNumber, d.Reason, d.Rules, o.DestinationType);

    /// <summary>What the policies were asked.</summary>
    public Instruction InstructionOf(PrincipalKind maker, Guid credential) => new Order
    {
        Id = default,
        Kind = Kind,
        Amount = Amount,
        Currency = Currency,
        Fee = 0,
        Rail = "",
        BankCode = BankCode,
        DestinationType = DestinationType,
        AccountNumber = AccountNumber,
    }.InstructionOf(maker, credential);
}
