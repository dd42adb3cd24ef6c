using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Rooms.Spending.Requests;

/// <summary>The rows of a <see cref="SpendQuery"/> in SQL, for whoever asks: one condition for list, count and report.</summary>
public static class SpendFilter
{
    /// <summary>The decision as it stands, by state: only what was authorized ever had leave (see SpendRequest.Standing).</summary>
    private const string Standing = """
        case when d.state = 'pending_approval' then 'REQUIRE_APPROVAL' when d.authorized_until is null then 'DENY' else 'ALLOW' end
        """;

    /// <param name="recentFrom">Where history is locked to the last days for this actor: from when; null otherwise.</param>
    public static (string Where, DynamicParameters Args) Of(Actor actor, SpendQuery q, DateTimeOffset? recentFrom)
    {
        var args = new DynamicParameters();
        args.Add("workspace", actor.Book.Workspace.Value);
        args.Add("mode", (short)actor.Book.Mode);
        var where = new List<string> { "d.workspace_id = @workspace", "d.mode = @mode", "d.kind = 'agent_spend'" };
        void Add(bool when, string sql, string name, object? value)
        {
            if (!when) return;
            where.Add(sql);
            args.Add(name, value);
        }
        // A key of scope spend sees what it asked itself.
        Add(!actor.May(Permission.ViewTransactions), "d.maker_principal = @principal", "principal", actor.Principal);
        Add(q.Agents.Count > 0, "d.agent_id = any(@agents)", "agents", q.Agents.ToArray());
        Add(q.Merchant is not null, "d.merchant = any(@merchants)", "merchants", Spellings(q.Merchant));
        Add(q.Decisions.Count > 0, $"{Standing} = any(@decisions)", "decisions", q.Decisions.ToArray());
        Add(q.States.Count > 0, "d.state = any(@states)", "states", q.States.Select(s => Json.Name(s)).ToArray());
        Add(q.Currency is not null, "d.currency = @currency", "currency", q.Currency);
        Add(q.CreatedFrom is not null, "d.created_at >= @createdFrom", "createdFrom", q.CreatedFrom);
        Add(q.CreatedTo is not null, "d.created_at < @createdTo", "createdTo", q.CreatedTo);
        Add(q.AmountFrom is not null, "d.amount >= @amountFrom", "amountFrom", q.AmountFrom);
        Add(q.AmountTo is not null, "d.amount <= @amountTo", "amountTo", q.AmountTo);
        if (q.Anomalies.Count > 0) Anomalies(q.Anomalies, Add);
        if (q.Search is not null) Search(q.Search, Add);
        Add(recentFrom is not null, "d.created_at >= @recent", "recent", recentFrom);
        return (string.Join(" and ", where), args);
    }

    private static void Anomalies(IReadOnlyList<string> words, Action<bool, string, string, object?> add)
    {
        var kinds = words.Where(w => w is not (SpendQuery.Any or SpendQuery.Open)).ToArray();
        var wanted = words.Contains(SpendQuery.Any) ? "true"
            : words.Contains(SpendQuery.Open) ? "(a.state = 'open' or a.kind = any(@kinds))" : "a.kind = any(@kinds)";
        add(true, $"""
            d.disbursement_id in (select a.disbursement_id from anomalies a
                where a.workspace_id = @workspace and a.mode = @mode and {wanted})
            """, "kinds", kinds);
    }

    /// <summary>What people have at hand: an id of the request, its approval or its token, the agent, the merchant.</summary>
    private static void Search(string search, Action<bool, string, string, object?> add)
    {
        if (SpendRequestId.TryParse(search, out var spend)) add(true, "d.disbursement_id = @searchId", "searchId", spend.Value);
        // One authorization, one token: they share their id.
        else if (SatId.TryParse(search, out var sat)) add(true, "d.disbursement_id = @searchId", "searchId", sat.Value);
        else if (ApprovalId.TryParse(search, out var approval)) add(true, "d.approval_id = @searchId", "searchId", approval.Value);
        else add(true, "(d.agent_id = any(@searchWords) or d.merchant = any(@searchWords))", "searchWords", Spellings(search));
    }

    /// <summary>As it was typed, and as merchants are compared.</summary>
    private static string[] Spellings(string? text) =>
        text is null ? [] : MerchantKey.TryOf(text, out var key) && key != text ? [text, key] : [text];
}
