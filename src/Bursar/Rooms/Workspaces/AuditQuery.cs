using System.Globalization;
using Bursar.Core.Ids;
using Bursar.Platform.Http;
using Bursar.Platform.Ui;
using Microsoft.Extensions.Primitives;

namespace Bursar.Rooms.Workspaces;

/// <summary>
/// What the audit is filtered by, the same for page, API and CSV. <see cref="Id"/> is an id of any kind, <see cref="Text"/> anything
/// else.
/// </summary>
public sealed record AuditQuery
{
    public string? Type { get; init; }
    public Guid? Id { get; init; }
    public string? Text { get; init; }
    public DateTimeOffset? From { get; init; }
    public DateTimeOffset? To { get; init; }
    /// <summary>Entries before this position.</summary>
    public long? Before { get; init; }
    public int Limit { get; init; } = 50;

    /// <summary>Matches may lie far apart.</summary>
    public bool IsNarrow => Type is not null || Id is not null || Text is not null || From is not null || To is not null;

    public static readonly QueryParameter[] Parameters =
    [
        new("search", typeof(string),
            "An id of any kind (subject, member, key, session, request, event), else text in type, name, address or data."),
        new("type", typeof(string), "The first word of the type, such as transfer, policy or access."),
        new("from", typeof(DateTimeOffset), "From this moment."),
        new("to", typeof(DateTimeOffset), "Before this moment."),
        QueryParameter.Limit, QueryParameter.Cursor,
    ];

    public static AuditQuery Parse(IQueryCollection query)
    {
        return Of(Text("search"), Text("type"), Moment("from"), Moment("to"), Text("cursor")) with
        {
            Limit = int.TryParse(Text("limit"), NumberStyles.None, CultureInfo.InvariantCulture, out var limit)
                ? Math.Clamp(limit, 1, 200) : 50,
        };

        string? Text(string name) => query[name].ToString().Trim() is { Length: > 0 and <= 200 } text ? text : null;

        DateTimeOffset? Moment(string name) =>
            DateTimeOffset.TryParse(Text(name), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
                ? at.ToUniversalTime() : null;
    }

    public static AuditQuery Of(string? search, string? type, DateTimeOffset? from, DateTimeOffset? to, string? cursor)
    {
        var id = IdIn(search);
        return new AuditQuery
        {
            Id = id,
            Text = id is null ? search : null,
            Type = type?.All(c => char.IsAsciiLetterLower(c) || c == '_') == true ? type : null,
            From = from,
            To = to,
            Before = long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var before) ? before : null,
        };
    }

    /// <summary>The value behind an id of whatever prefix.</summary>
    private static Guid? IdIn(string? text) =>
        text is not null && text.LastIndexOf('_') is > 0 and var at && Base32.TryDecode(text.AsSpan(at + 1), out var value)
            ? value : null;
}

/// <summary>The URL of the audit page.</summary>
public sealed class AuditListQuery : ListQuery
{
    public static readonly IReadOnlyList<Option> TypeOptions =
    [
        new("access", "Refused"), new("member", "Team"), new("key", "API keys"), new("policy", "Policies"), new("approval", "Approvals"),
        new("transfer", "Transfers"), new("top_up", "Top-ups"), new("webhook_endpoint", "Callback URLs"),
        new("validation_token", "Validation token"), new("export", "Reports"),
        new("history", "Searches"), new("decision", "Decisions"), new("spend", "Spend requests"), new("anomaly", "Anomalies"),
            new("agent", "Agents"),
    ];

    public AuditListQuery(string path, IEnumerable<KeyValuePair<string, StringValues>> query, DisplayZone zone) : base(path, query) =>
        Data = AuditQuery.Of(
            Text("search"), Choice("type", [.. TypeOptions.Select(o => o.Value)]),
            Day("createdFrom") is { } from ? zone.Start(from) : null,
            Day("createdTo") is { } to ? zone.Start(to.AddDays(1)) : null, After);

    public AuditQuery Data { get; }
}
