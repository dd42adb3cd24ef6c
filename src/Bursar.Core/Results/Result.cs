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
    public T Value => error is null ? value! : throw new InvalidOperationException($"no value: {error}");
    public Error Error => error ?? throw new InvalidOperationException("no error");

    public static implicit operator Result<T>(T value) => new(value, null);
    public static implicit operator Result<T>(Error error) => new(default, error);

    public Result<TOut> Map<TOut>(Func<T, TOut> map) => error is null ? map(value!) : error;
}
