using Bursar.Core.Results;

namespace Bursar.Core.Signing;

/// <summary>Why a spend authorization token is refused: the <c>reason</c> of <c>sat_invalid</c> (docs/api/sats.md).</summary>
public enum SatFault
{
    TooLong, Malformed, WrongAlgorithm, WrongType, ForbiddenHeader, UnknownKey, RevokedKey, WrongSignature, WrongClaims, WrongIssuer,
    WrongAudience, WrongWorkspace, WrongMode, Expired, NotYetValid, UnknownRequest, NotApproved, AgentFrozen, Used,
}

public static class SatFaults
{
    public static Error Refusal(this SatFault fault) => new Error(Errors.SatInvalid, fault switch
    {
        SatFault.TooLong => "It is longer than any token of Bursar's.",
        SatFault.Malformed => "It is not a signed token in compact form.",
        SatFault.WrongAlgorithm => "It is not signed with ES256.",
        SatFault.WrongType => "Its type is not sat+jwt.",
        SatFault.ForbiddenHeader => "Its header holds more than alg, typ and kid.",
        SatFault.UnknownKey => "No key of this installation has its kid.",
        SatFault.RevokedKey => "The key that signed it was revoked. Fetch a new token.",
        SatFault.WrongSignature => "Its signature does not hold.",
        SatFault.WrongClaims => "Its claims are not those of a spend authorization token.",
        SatFault.WrongIssuer => "Another installation issued it.",
        SatFault.WrongAudience => "It is for another payment handle.",
        SatFault.WrongWorkspace => "It is another workspace's.",
        SatFault.WrongMode => "It is of the other mode.",
        SatFault.Expired => "It has expired. Fetch a new one while the authorization lasts.",
        SatFault.NotYetValid => "It is not valid yet: one of the clocks is wrong.",
        SatFault.UnknownRequest => "There is no spend request that it stands for.",
        SatFault.NotApproved => "The spend is not approved, or not any more.",
        SatFault.AgentFrozen => "The agent is frozen.",
        _ => "It was used already.",
    }).With("reason", fault);
}
