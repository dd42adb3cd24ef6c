using Bursar.Core.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Files;
using Bursar.Platform.Languages;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Workspaces;

/// <summary>The company profile and its logo at the head of receipts and other documents (PRODUCT W8).</summary>
public sealed class CompanyLetterheads(Database database) : ILetterheads
{
    public async Task<Letterhead> Of(BookKey book)
    {
        var row = (await database.One<Row>(book, """
            select w.name, w.zone, w.date_order, w.clock_hours, w.week_start, w.language, w.profile::text as profile,
                l.media_type, l.content
            from workspaces w left join workspace_logos l on l.workspace_id = w.workspace_id where w.workspace_id = @workspace
            """, new { workspace = book.Workspace.Value }))!;
        var profile = Json.Read<CompanyProfile>(row.Profile);
        string[] lines =
        [
            profile.LegalName.Length > 0 ? profile.LegalName : row.Name, profile.Address,
            string.Join(" · ", new[] { profile.ContactEmail, profile.ContactPhone }.Where(t => t.Length > 0)),
        ];
        return new Letterhead([.. lines.Where(l => l.Length > 0)],
            row.Content is null ? null : new Logo(row.MediaType!, row.Content), Language.Find(row.Language) ?? Language.English,
            DisplayZone.Of(row.Zone),
            new TimeFormat(Json.Parse<DateOrder>(row.DateOrder), row.ClockHours, Json.Parse<WeekStart>(row.WeekStart)));
    }

    private sealed record Row
    {
        public required string Name { get; init; }
        public required string Zone { get; init; }
        public required string DateOrder { get; init; }
        public short ClockHours { get; init; }
        public required string WeekStart { get; init; }
        public required string Language { get; init; }
        public required string Profile { get; init; }
        public string? MediaType { get; init; }
        public byte[]? Content { get; init; }
    }
}
