using Bursar.Core.Access;
using Bursar.Platform.Files;
using Bursar.Platform.Http;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Workspaces;

/// <summary>The audit by API and as a file.</summary>
public static class AuditRoutes
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/audit", (HttpContext http, AuditReads reads) =>
            Api.Call(http, actor => reads.List(actor, AuditQuery.Parse(http.Request.Query))))
            .Describe<Page<AuditEntry>>("List audit entries", query: AuditQuery.Parameters);
        routes.MapGet("/v1/audit/verification", (HttpContext http, AuditReads reads) =>
            Api.Call(http, actor => reads.Verify(actor, http.RequestAborted)))
            .Describe<AuditVerification>("Verify the audit");
        routes.MapGet("/{mode:regex(^(live|test)$)}/settings/audit/report.csv", (RequestDelegate)Write);
    }

    private static async Task Write(HttpContext http)
    {
        var page = http.RequestServices.GetRequiredService<PageContext>();
        var actor = page.Actor!;
        var list = new AuditListQuery(page.To("settings/audit"), http.Request.Query, page.Zone);
        var exports = http.RequestServices.GetRequiredService<Exports>();
        var begun = await exports.Begin(actor, Permission.AccountSettings, "audit", list.First, http.RequestAborted);
        if (!begun.Ok)
        {
            await PageDoor.ShowError(http, begun.Error);
            return;
        }
        await using var snapshot = begun.Value;
        exports.Head(http, "audit", actor.Book, page.Zone.Zone);
        await using var csv = new Csv(http.Response.Body);
        await csv.Row("Position", "Time", "Type", "Subject", "Who", "Name", "Credential", "Address", "Request", "Data", "Hash");
        await foreach (var e in http.RequestServices.GetRequiredService<AuditReads>().All(snapshot, actor, list.Data))
            await csv.Row(e.Position, e.At, e.Type, e.Subject, e.Actor.Id, e.Actor.Name, e.Credential,
                e.Peer, e.RequestId.ToString(), e.Data.GetRawText(), e.Hash);
    }
}
