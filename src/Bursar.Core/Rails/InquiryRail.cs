using Bursar.Core.Access;
using Bursar.Core.Text;

namespace Bursar.Core.Rails;

public enum InquiryStatus { Pending, Success, InvalidAccountNumber, Closed, BlackListed, SuspectedAccount, Failed }

/// <summary>What a bank said of an account; <see cref="Pending"/> where it has said nothing that could be read.</summary>
public sealed record InquiryAnswer(InquiryStatus Status, string? AccountHolder)
{
    public const int HolderMax = 100;
    public static readonly InquiryAnswer Pending = new(InquiryStatus.Pending, null);

    /// <summary>
    /// The answer of these words, or null where they are none: a success names the holder, a suspected account may, the others do not.
    /// A name that is too long or holds what cannot be seen is no name, and spoils the answer.
    /// </summary>
    public static InquiryAnswer? Of(InquiryStatus status, string? holder) => status switch
    {
        InquiryStatus.Success => IsName(holder) ? new(status, holder) : null,
        InquiryStatus.SuspectedAccount => holder is null || IsName(holder) ? new(status, holder) : null,
        _ => new(status, null),
    };

    private static bool IsName(string? holder) => PlainText.Problem(holder, 1, HolderMax) is null;
}

/// <summary>One question to a bank. <see cref="Reference"/> is the rail's key of it: the same each time it is asked.</summary>
public sealed record InquiryQuestion(Mode Mode, string Reference, string BankCode, string AccountNumber)
{
    /// <summary>What the operator set the rail up with; empty for a rail that comes with the program.</summary>
    public RailSettings RailSettings { get; init; } = RailSettings.None;
}

/// <summary>
/// A rail that can tell who owns an account. To ask moves nothing, so what got lost may be asked once more; what is not said clearly is
/// pending, never a name.
/// </summary>
public interface IInquiryRail : IPayoutRail
{
    Task<InquiryAnswer> Inquire(InquiryQuestion question, CancellationToken ct);

    /// <summary>The same question, after an answer that told nothing yet.</summary>
    Task<InquiryAnswer> InquireAgain(InquiryQuestion question, CancellationToken ct) => Inquire(question, ct);
}
