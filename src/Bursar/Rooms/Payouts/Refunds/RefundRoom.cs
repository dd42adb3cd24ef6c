using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.Refunds;

/// <summary>Refunds within the room of money out.</summary>
public static class RefundRoom
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton(Refunding.Shape);
        services.AddSingleton<RefundReads>();
        services.AddSingleton<RequestRefund>();
        services.AddSingleton<IApprovalKind, RefundApprovals>();
        services.AddSingleton(new NavItem("Move money", 6, "Refunds", "refunds", "refresh", Permission.RequestRefunds));
    }

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
