using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;

namespace Bursar.Platform.Access;

/// <summary>
/// Money that members move by their session needs a one-time code where the workspace switched that on (PRODUCT W7); keys are not asked.
/// </summary>
public sealed class MoneyCodes(WorkspaceReads workspaces, Sessions sessions)
{
    /// <param name="act">What the code is for, with amount and account: "send Rp 1.250.000 to BCA 5270997481".</param>
    public async Task<Error?> Ask(Actor actor, Func<Phrase> act) =>
        actor.Kind == PrincipalKind.Member && (await workspaces.Of(actor.Book)).PageMoneyNeedsCode
        ? await sessions.TakeCode(actor, Proof.None, act()) : null;
}
