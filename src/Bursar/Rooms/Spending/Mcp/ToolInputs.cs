using System.ComponentModel;
using Bursar.Rooms.Spending.Requests;

namespace Bursar.Rooms.Spending.Mcp;

/// <summary>What spend_request takes.</summary>
public sealed record Ask(
    [property: Description("Your own name, as the owner of the money knows you.")] string AgentId,
    [property: Description("Integer in minor units: 150000 is 150,000 rupiah, 1999 is 19.99 dollars.")] long Amount,
    [property: Description("ISO code, such as IDR or USD.")] string Currency,
    [property: Description("Who is paid, best as the domain you pay at: tokopedia.com.")] string Merchant,
    [property: Description("Why, in a sentence that a person can judge.")] string Reason,
    [property: Description("What kind of thing it is, such as office or travel.")] string? Category = null,
    [property: Description("The payment handle to use; the default one when left out.")] HandleId? HandleId = null,
    [property: Description("Where to be told of an approval.")] string? CallbackUrl = null,
    [property: Description("Up to 20 short texts to keep with it.")] IReadOnlyDictionary<string, string>? Metadata = null,
    [property: Description(
        "Names this one purchase, such as an order number, 1 to 255 printable characters. The same key is the same purchase and gives the "
        + "same answer; ask anew with a new key. Left out, the same question within one minute is one purchase.")]
    string? IdempotencyKey = null)
{
    public CreateSpendRequest.Request ToRequest() =>
        new(AgentId, Amount, Currency, Merchant, Reason, Category, HandleId, CallbackUrl, Metadata);
}

/// <summary>A spend request of the agent's own.</summary>
public sealed record ById([property: Description("The spendRequestId that spend_request answered with.")] string SpendRequestId);

/// <summary>What execute takes.</summary>
public sealed record Execution(
    [property: Description("The spendRequestId that was allowed.")] string SpendRequestId,
    [property: Description("Its token, if you have it; left out, the present one is used.")] string? Sat = null);

/// <summary>What submit_receipt takes.</summary>
public sealed record Paid(
    [property: Description("The spendRequestId that was allowed.")] string SpendRequestId,
    [property: Description("How you paid: stripe, evm, moonpay, or custom: and a name of your own.")] string RailId,
    [property: Description("The payment's id there.")] string ProviderTransactionId,
    [property: Description("What was really paid, an integer in minor units.")] long ActualAmount,
    [property: Description("Its ISO currency code.")] string ActualCurrency,
    [property: Description("Who was really paid.")] string? ActualMerchant = null,
    [property: Description("The token you paid with, if you have it; left out, the present one is used.")] string? Sat = null);

/// <summary>What own_budget takes.</summary>
public sealed record BudgetOf(
    [property: Description("Your own name, as in spend_request.")] string AgentId,
    [property: Description("The payment handle you mean to use; the default one when left out.")] string? HandleId = null);
