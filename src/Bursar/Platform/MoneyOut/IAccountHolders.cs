using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Rails;
using Bursar.Core.Results;

namespace Bursar.Platform.MoneyOut;

/// <summary>Whose account is it? The one place that asks, for every room that keeps an account.</summary>
public interface IAccountHolders
{
    /// <summary>
    /// From memory, else asked of the rail that carries <paramref name="kind"/>, and remembered; pending is asked again by itself.
    /// <c>rail_missing</c>: nobody can be asked.
    /// </summary>
    Task<Result<InquiryAnswer>> Look(
        Actor actor, Permission needs, DisbursementKind kind, string bankCode, string accountNumber);

    /// <summary>What a rail tells by itself of an inquiry that it was asked; durable when it returns, and the first word stands.</summary>
    Task<Error?> Tell(string rail, Guid inquiry, InquiryAnswer answer);
}
