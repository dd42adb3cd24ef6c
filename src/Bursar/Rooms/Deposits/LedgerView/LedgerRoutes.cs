using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Http;
using Bursar.Platform.Ledger;
using Bursar.Platform.LedgerView;

namespace Bursar.Rooms.Deposits.LedgerView;

/// <summary>The ledger over the API; read only.</summary>
public static class LedgerRoutes
{
    private static readonly QueryParameter At = new("at", typeof(DateTimeOffset), "As it stood at that moment; now when absent.");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/ledger/accounts", (HttpContext http, LedgerViewReads reads) =>
            Api.Call(http, actor => Accounts(http, reads, actor)))
            .Describe<Listing<LedgerAccount>>("List ledger accounts", query: [At]);
        routes.MapGet("/v1/ledger/transfers", (HttpContext http, LedgerViewReads reads, WorkspaceReads workspaces) =>
            Api.Call(http, async actor =>
                await Transfers(reads, actor, LedgerQuery.Parse(http.Request.Query, await workspaces.ZoneOf(actor.Book)))))
            .Describe<Page<LedgerEntry>>("List ledger transfers", query: LedgerQuery.Parameters);
        routes.MapGet("/v1/ledger/trial-balance", (HttpContext http, LedgerReads ledger) =>
            Api.Call(http, actor => TrialBalance(http, ledger, actor)))
            .Describe<Listing<TrialBalanceRow>>("Get the trial balance", query: [At]);
    }

    private static async Task<Result<Listing<LedgerAccount>>> Accounts(HttpContext http, LedgerViewReads reads, Actor actor)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        var at = MomentOf(http);
        return at.Ok ? new Listing<LedgerAccount>(await reads.Accounts(actor.Book, at.Value.At)) : at.Error;
    }

    private static async Task<Result<Page<LedgerEntry>>> Transfers(LedgerViewReads reads, Actor actor, LedgerQuery query)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        var page = await reads.Browse(actor.Book, query);
        return new Page<LedgerEntry>(page.Rows, page.Next);
    }

    private static async Task<Result<Listing<TrialBalanceRow>>> TrialBalance(HttpContext http, LedgerReads ledger, Actor actor)
    {
        if (actor.Require(Permission.ViewControls) is { } denied) return denied;
        var at = MomentOf(http);
        return at.Ok ? new Listing<TrialBalanceRow>(await ledger.TrialBalance(actor.Book, at.Value.At)) : at.Error;
    }

    private sealed record Moment(DateTimeOffset? At);

    private static Result<Moment> MomentOf(HttpContext http)
    {
        if (http.Request.Query["at"].ToString() is not { Length: > 0 } text) return new Moment(null);
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
            return new Moment(moment.ToUniversalTime());
        return new Error(Errors.InvalidParameter, "at is a moment in RFC 3339.")
        {
            Fields = [new("at", "invalid", "A moment such as 2026-11-20T08:00:00Z.")],
        };
    }
}
