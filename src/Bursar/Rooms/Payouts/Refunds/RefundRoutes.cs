using Bursar.Core.Results;
using Bursar.Platform.Http;

namespace Bursar.Rooms.Payouts.Refunds;

/// <summary>/v1/refunds.</summary>
public static class RefundRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        RequestRefund.Map(routes);
        RefundForms.Map(routes);
        routes.MapGet("/v1/refunds", (HttpContext http, RefundReads reads) =>
            Api.Call(http, actor => reads.List(actor, RefundQuery.Parse(http.Request.Query))))
            .Describe<Page<RefundResource>>("List refunds", query: RefundQuery.Parameters);
        routes.MapGet("/v1/refunds/{id}", (HttpContext http, string id, RefundReads reads) => Api.Call(http, async actor =>
            RefundId.TryParse(id, out var refund) ? await reads.Get(actor, refund) : Errors.Missing()))
            .Describe<RefundResource>("Get a refund");
    }
}
