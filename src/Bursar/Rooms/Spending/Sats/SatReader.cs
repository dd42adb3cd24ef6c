using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Signing;
using Bursar.Core.Time;

namespace Bursar.Rooms.Spending.Sats;

/// <summary>Reads a token that somebody shows: its form, its key, its signature, its claims and its book. Never what it is about.</summary>
public sealed class SatReader(SatKeys keys, SatIssuer issuer, TimeProvider time)
{
    /// <param name="late">Also a token that has expired, for whoever reports late.</param>
    public async Task<Result<SatClaims>> Read(Actor actor, string sat, bool late = false)
    {
        if (Jws.Read(sat, SatClaims.Type, out var jws) is { } fault) return fault.Refusal();
        if (await keys.Find(jws!.Kid) is not { } key) return SatFault.UnknownKey.Refusal();
        var now = time.NowMicros();
        // What a key that is over signed has expired since; whoever reports late is still believed.
        if (key.Row.StateAt(now) is var state && state is not (SatKeyState.Active or SatKeyState.Retired)
            && !(late && state == SatKeyState.Over))
            return (state == SatKeyState.Revoked ? SatFault.RevokedKey : SatFault.UnknownKey).Refusal();
        if (!key.Key.Verify(jws.Input, jws.Signature)) return SatFault.WrongSignature.Refusal();
        if (SatClaims.Read(jws.Payload) is not { } claims) return SatFault.WrongClaims.Refusal();
        if (claims.Iss != issuer.Issuer) return SatFault.WrongIssuer.Refusal();
        if (claims.WorkspaceId != actor.Book.Workspace) return SatFault.WrongWorkspace.Refusal();
        if (claims.Mode != actor.Book.Mode || claims.Mode != key.Mode) return SatFault.WrongMode.Refusal();
        if (claims.At(now) is { } untimely && !(late && untimely == SatFault.Expired)) return untimely.Refusal();
        return claims;
    }
}
