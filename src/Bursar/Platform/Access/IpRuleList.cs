using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Books;
using Bursar.Platform.Data;

namespace Bursar.Platform.Access;

public sealed record IpRule(IpRuleId Id, string Range, string? Label, DateTimeOffset CreatedAt);

/// <summary><paramref name="AllowLockOut"/> says that the caller knows: after this their own address is left out.</summary>
public sealed record NewIpRule(string Range, string? Label = null, bool AllowLockOut = false);

/// <summary>
/// The addresses that the keys of a mode may be used from (PRODUCT D3). They bind keys only: people sign in from anywhere and can mend a
/// wrong rule. A change that would shut the caller's own address out is refused once, with that address.
/// </summary>
public sealed class IpRuleList(Database database, ControlChanges changes)
{
    public async Task<Result<IReadOnlyList<IpRule>>> List(Actor actor)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        return await database.Read(actor.Book, Select + " order by created_at, rule_id",
            new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode },
            r => new IpRule(new(r.GetGuid(0)), r.GetString(1), r.Text(2), r.Time(3)));
    }

    public async Task<Result<IpRule>> Add(Actor actor, NewIpRule request)
    {
        if (actor.Require(Permission.ManageApi) is { } denied) return denied;
        var range = IpRules.Parse(request.Range);
        if (!range.Ok) return range.Error;
        if (request.Label is not null && PlainText.Problem(request.Label, 1, 80) is { } problem)
            return Errors.Field("/label", "invalid", problem);
        return await changes.Apply(actor, Permission.ManageApi, bothModes: false, async scope =>
        {
            var known = await Ranges(scope);
            if (known.Contains(range.Value)) return new Error(Errors.StateConflict, $"{range.Value} is on the list already.");
            if (known.Count >= IpRules.Most) return new Error(Errors.StateConflict, $"A mode has up to {IpRules.Most} rules.");
            if (!request.AllowLockOut && LocksOut(actor, [.. known, range.Value]) is { } warning) return warning;
            var rule = new IpRule(IpRuleId.New(scope.At), range.Value, request.Label, scope.At);
            await scope.Execute("""
                insert into ip_rules (workspace_id, mode, rule_id, range, label, created_at)
                values (@workspace, @mode, @id, @Range, @Label, @at)
                """, new { id = rule.Id.Value, rule.Range, rule.Label });
            scope.Book.Record("ip_rule.added", rule.Id.Value, 1, rule);
            return (Result<IpRule>)rule;
        });
    }

    public Task<Result<IpRule>> Remove(Actor actor, IpRuleId id, bool allowLockOut) =>
        changes.Apply(actor, Permission.ManageApi, bothModes: false, async scope =>
    {
        var rules = await scope.Query<Row>(Select);
        if (rules.FirstOrDefault(r => r.RuleId == id.Value) is not { } row) return Errors.Missing();
        if (!allowLockOut && LocksOut(actor, [.. rules.Where(r => r != row).Select(r => r.Range)]) is { } warning) return warning;
        await scope.Execute(
            "delete from ip_rules where workspace_id = @workspace and mode = @mode and rule_id = @id", new { id = id.Value });
        var rule = new IpRule(id, row.Range, row.Label, row.CreatedAt);
        scope.Book.Record("ip_rule.removed", id.Value, 2, rule);
        return (Result<IpRule>)rule;
    });

    private static Error? LocksOut(Actor actor, IReadOnlyList<string> rules)
    {
        if (actor.Peer.Length == 0 || IpRules.Of(rules).Allow(actor.Peer)) return null;
        return new Error(Errors.WouldLockOut,
            $"Keys could no longer be used from {actor.Peer}, where you are now. Add that address first, or say that you mean it.")
            .With("address", actor.Peer);
    }

    private static async Task<List<string>> Ranges(ControlScope scope) => [.. (await scope.Query<Row>(Select)).Select(r => r.Range)];

    private const string Select = "select rule_id, range, label, created_at from ip_rules where workspace_id = @workspace and mode = @mode";

    private sealed record Row
    {
        public Guid RuleId { get; init; }
        public required string Range { get; init; }
        public string? Label { get; init; }
        public DateTimeOffset CreatedAt { get; init; }
    }
}
