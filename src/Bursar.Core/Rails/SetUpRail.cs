using Bursar.Core.Results;

namespace Bursar.Core.Rails;

public enum RailFieldKind
{
    Text,
    /// <summary>
    /// An address that Bursar calls. Fixed once it is saved: another address may be another partner, who knows of no payment.
    /// </summary>
    Url,
    /// <summary>Bursar makes it (whsec_…) and shows it once.</summary>
    Secret,
}

/// <summary>One thing that the operator says when setting a rail up; the form is built from these.</summary>
public sealed record RailField(string Name, string Label, RailFieldKind Kind, string Hint);

/// <summary>The values of a rail's fields.</summary>
public sealed record RailSettings(IReadOnlyDictionary<string, string> Values)
{
    public static readonly RailSettings None = new(new Dictionary<string, string>());

    public string this[string name] => Values[name];
}

/// <summary>A rail that the operator sets up, with settings of its own, under a name of its own.</summary>
public interface ISetUpRail : IPayoutRail
{
    IReadOnlyList<RailField> Fields { get; }

    /// <summary>What is wrong with settings beyond what any text must keep; fields are pointers such as <c>/debtorBic</c>.</summary>
    IEnumerable<FieldError> Problems(RailSettings settings) => [];
}

/// <summary>A rail whose orders wait until the operator puts them into a file for the bank.</summary>
public interface IFileRail : ISetUpRail
{
    /// <summary>Orders of one file at most.</summary>
    int OrdersMax { get; }

    /// <summary>The file's bytes. A bank takes a message id once: the same file sent twice pays once.</summary>
    byte[] Write(RailSettings settings, string messageId, DateTimeOffset at, IReadOnlyList<PayoutOrder> orders);
}

public enum BankCondition { Operational, Disturbed, HeavilyDisturbed }

/// <summary>What a partner's callback says.</summary>
public abstract record RailCallback;

/// <summary>What became of an order, by its <see cref="PayoutOrder.Reference"/>.</summary>
public sealed record PaymentNews(Guid Reference, RailAnswer Answer) : RailCallback;

/// <summary>Whose account it is, by the <see cref="InquiryQuestion.Reference"/>.</summary>
public sealed record InquiryNews(Guid Reference, InquiryAnswer Answer) : RailCallback;

/// <summary>How a bank is since <paramref name="ChangedAt"/>, by the partner's clock: of two words the later one counts.</summary>
public sealed record BankNews(string BankCode, BankCondition Status, string? Message, DateTimeOffset ChangedAt) : RailCallback;

/// <summary>A rail whose partner calls back. Both are pure: what is done with it is decided where money is.</summary>
public interface ICallbackRail : ISetUpRail
{
    /// <summary>
    /// Whether the call is the partner's own, and of this moment. <paramref name="header"/> gives a header's text, or "".
    /// </summary>
    bool IsSigned(RailSettings settings, Func<string, string> header, ReadOnlySpan<byte> body, DateTimeOffset now);

    /// <summary>What it says, or null when that cannot be read.</summary>
    RailCallback? Read(ReadOnlySpan<byte> body);
}
