using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Http;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Approvals;

/// <summary>The one queue in which humans let money go or not.</summary>
public static class Room
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<ApprovalReads>();
        services.AddSingleton<ApprovalReasons>();
        services.AddSingleton<Decide>();
        services.AddSingleton<IConsumer, ApprovalMailConsumer>();
        services.AddSingleton(new NavItem("", 2, "Approvals", "approvals", "check-circle", Permission.ViewControls));
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        Decide.Map(routes);
        ApprovalForms.Map(routes);
        routes.MapGet("/v1/approvals", (HttpContext http, ApprovalReads reads) =>
            Api.Call(http, actor => reads.List(actor, ApprovalQuery.Parse(http.Request.Query))))
            .Describe<Page<ApprovalResource>>("List approvals", query: ApprovalQuery.Parameters);
        routes.MapGet("/v1/approvals/{id}", (HttpContext http, string id, ApprovalReads reads) => Api.Call(http, async actor =>
            ApprovalId.TryParse(id, out var approval) ? await reads.Get(actor, approval) : Errors.Missing()))
            .Describe<ApprovalResource>("Get an approval");
    }
}
