using Bursar.Core.Results;
using Bursar.Core.Text;

namespace Bursar.Core.Access;

/// <summary>
/// Somebody before their own account: a member, whose book's journal keeps what they change, or an operator, who has no book
/// (<paramref name="Member"/> is null).
/// </summary>
public sealed record Self(Guid Person, Guid Session, Proof Proved, Actor? Member, string Peer, RequestId Request)
{
    public static Self Of(Actor member) =>
        new(member.Person!.Value, member.Credential, member.Proved, member, member.Peer, member.Request);

    public Error? Require(Proof needed, Phrase act) => (Proved & needed) == needed ? null : Errors.ProofMissing(needed, act);
}
