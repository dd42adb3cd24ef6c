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
        var where = new Conditions(actor.Book, "d").And("d.kind = 'agent_spend'");
        // A key of scope spend sees what it asked itself.
        where.And(!actor.May(Permission.ViewTransactions), "d.maker_principal = @principal", "principal", actor.Principal);
        where.And(q.Agents.Count > 0, "d.agent_id = any(@agents)", "agents", q.Agents.ToArray());
        where.And(q.Merchant is not null, "d.merchant = any(@merchants)", "merchants", Spellings(q.Merchant));
        where.And(q.Decisions.Count > 0, $"{Standing} = any(@decisions)", "decisions", q.Decisions.ToArray());
        where.And(q.States.Count > 0, "d.state = any(@states)", "states", q.States.Select(s => Json.Name(s)).ToArray());
        where.And(q.Currency is not null, "d.currency = @currency", "currency", q.Currency);
        where.And(q.CreatedFrom is not null, "d.created_at >= @createdFrom", "createdFrom", q.CreatedFrom);
        where.And(q.CreatedTo is not null, "d.created_at < @createdTo", "createdTo", q.CreatedTo);
        where.And(q.AmountFrom is not null, "d.amount >= @amountFrom", "amountFrom", q.AmountFrom);
        where.And(q.AmountTo is not null, "d.amount <= @amountTo", "amountTo", q.AmountTo);
        if (q.Anomalies.Count > 0) Anomalies(q.Anomalies, where);
        if (q.Search is not null) Search(q.Search, where);
        where.And(recentFrom is not null, "d.created_at >= @recent", "recent", recentFrom);
        return where.All;
    }

    private static void Anomalies(IReadOnlyList<string> words, Conditions where)
    {
        var kinds = words.Where(w => w is not (SpendQuery.Any or SpendQuery.Open)).ToArray();
        var wanted = words.Contains(SpendQuery.Any) ? "true"
            : words.Contains(SpendQuery.Open) ? "(a.state = 'open' or a.kind = any(@kinds))" : "a.kind = any(@kinds)";
        where.And(true, $"""
            d.disbursement_id in (select a.disbursement_id from anomalies a
                where a.workspace_id = @workspace and a.mode = @mode and {wanted})
            """, "kinds", kinds);
    }

    /// <summary>What people have at hand: an id of the request, its approval or its token, the agent, the merchant.</summary>
    private static void Search(string search, Conditions where)
    {
        if (SpendRequestId.TryParse(search, out var spend)) where.And(true, "d.disbursement_id = @searchId", "searchId", spend.Value);
        // One authorization, one token: they share their id.
        else if (SatId.TryParse(search, out var sat)) where.And(true, "d.disbursement_id = @searchId", "searchId", sat.Value);
        else if (ApprovalId.TryParse(search, out var approval)) where.And(true, "d.approval_id = @searchId", "searchId", approval.Value);
        else where.And(true, "(d.agent_id = any(@searchWords) or d.merchant = any(@searchWords))", "searchWords", Spellings(search));
    }

    /// <summary>As it was typed, and as merchants are compared.</summary>
    private static string[] Spellings(string? text) =>
        text is null ? [] : MerchantKey.TryOf(text, out var key) && key != text ? [text, key] : [text];
}
