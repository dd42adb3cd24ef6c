namespace Bursar.Core.Results;

/// <summary>A value or an expected failure; never both, never neither.</summary>
public readonly struct Result<T>
{
    private readonly T? value;
    private readonly Error? error;

    private Result(T? value, Error? error)
    {
        this.value = value;
        this.error = error;
    }

    public bool Ok => error is null;

    /// <summary>
    /// The value. Who has not asked <see cref="Ok"/> counts on one; the frame answers with the failure that was there instead.
    /// </summary>
    /// <exception cref="FailedResultException">It is a failure.</exception>
    public T Value => error is null ? value! : throw new FailedResultException(error);

    public Error Error => error ?? throw new InvalidOperationException("no error");

    public static implicit operator Result<T>(T value) => new(value, null);
    public static implicit operator Result<T>(Error error) => new(default, error);

    public Result<TOut> Map<TOut>(Func<T, TOut> map) => error is null ? map(value!) : error;
}

/// <summary>Somebody took the value of a failure. It carries that failure, so that the answer is its own status and not 500.</summary>
public sealed class FailedResultException(Error error) : InvalidOperationException($"no value: {error}")
{
    public Error Error => error;
}
