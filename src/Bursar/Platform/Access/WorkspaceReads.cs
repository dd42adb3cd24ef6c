using Bursar.Core.Access;
using Bursar.Core.Time;
using Bursar.Platform.Data;

namespace Bursar.Platform.Access;

/// <summary>A workspace's own row: name, zone and switches.</summary>
public sealed class WorkspaceReads(Database database)
{
    public sealed record Row
    {
        public required string Name { get; init; }
        public required string Zone { get; init; }
        public required string Plan { get; init; }
        public bool LiveActive { get; init; }
        public bool SeparationOfDuties { get; init; }
        public bool PageMoneyNeedsCode { get; init; }
        public bool ApiTransfersNeedApproval { get; init; }
    }

    public async Task<Row> Of(BookKey book) => (await database.One<Row>(book, """
        select name, zone, plan, live_active, separation_of_duties, page_money_needs_code, api_transfers_need_approval
        from workspaces where workspace_id = @id
        """, new { id = book.Workspace.Value }))!;

    public async Task<TimeZoneInfo> ZoneOf(BookKey book) =>
        Zones.Find((await Of(book)).Zone) is { Ok: true } zone ? zone.Value : TimeZoneInfo.Utc;
}
