using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Approvals;

/// <summary>The one queue in which humans let money go or not.</summary>
public static class Room
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<ApprovalReads>();
        services.AddSingleton<Decide>();
        services.AddSingleton(new NavItem("", 2, "Approvals", "approvals", "check-circle", Permission.ViewControls));
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        Decide.Map(routes);
        ApprovalForms.Map(routes);
        routes.MapGet("/v1/approvals", (HttpContext http, ApprovalReads reads) => Api.Call(http, actor => reads.List(actor,
            [.. http.Request.Query["state"].Select(s => Json.TryParse<ApprovalState>(s, out var state) ? state : (ApprovalState?)null)
                .OfType<ApprovalState>()],
            http.Request.Query["cursor"],
            int.TryParse(http.Request.Query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
                ? Math.Clamp(limit, 1, 200) : 50)))
            .Describe<Page<ApprovalResource>>("List approvals",
                query: [QueryParameter.AnyOf<ApprovalState>("state", "Only these states."), QueryParameter.Limit, QueryParameter.Cursor]);
        routes.MapGet("/v1/approvals/{id}", (HttpContext http, string id, ApprovalReads reads) => Api.Call(http, async actor =>
            ApprovalId.TryParse(id, out var approval) ? await reads.Get(actor, approval) : Errors.Missing()))
            .Describe<ApprovalResource>("Get an approval");
    }
}
