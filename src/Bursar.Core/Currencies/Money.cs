using Bursar.Core.Results;

namespace Bursar.Core.Currencies;

/// <summary>An amount in minor units of one currency; signed only as the result of a subtraction. Arithmetic is checked.</summary>
public readonly record struct Money(long Minor, Currency Currency)
{
    public const long Max = 1_000_000_000_000_000;

    public static Money Idr(long minor) => new(minor, Currency.Idr);

    /// <summary>An amount of money that may be asked for: 1 … 10^15 minor units.</summary>
    public static Result<Money> Parse(long minor, Currency currency, string field = "/amount") =>
        minor is >= 1 and <= Max
            ? new Money(minor, currency)
            : new Error(Errors.AmountOutOfRange, $"The amount must be from 1 to {Max} in minor units.")
            {
                Fields = [new FieldError(field, "amount_out_of_range", $"Up to {Max}.")],
            };

    public static Money operator +(Money a, Money b) => new(checked(a.Minor + b.Same(a).Minor), a.Currency);
    public static Money operator -(Money a, Money b) => new(checked(a.Minor - b.Same(a).Minor), a.Currency);

    private Money Same(Money other)
    {
        Invariant.Hold(Currency == other.Currency);
        return this;
    }
}
