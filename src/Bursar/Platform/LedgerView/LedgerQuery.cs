using Bursar.Core.Ledger;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Ui;
using Microsoft.Extensions.Primitives;

namespace Bursar.Platform.LedgerView;

/// <summary>What a list of ledger transfers is filtered by, the same for API and page.</summary>
public sealed record LedgerQuery
{
    public IReadOnlyList<AccountCode> Accounts { get; init; } = [];
    public IReadOnlyList<TransferKind> Kinds { get; init; } = [];
    public DateTimeOffset? BookedFrom { get; init; }
    public DateTimeOffset? BookedTo { get; init; }
    /// <summary>What the transfers belong to; one that names nothing finds nothing.</summary>
    public Guid? Reference { get; init; }
    public string? Cursor { get; init; }
    public string? Before { get; init; }
    public int Limit { get; init; } = 50;

    /// <summary>The accounts of a workspace's book.</summary>
    public static readonly IReadOnlyList<AccountCode> Known =
        [AccountCode.Deposit, AccountCode.Collected, AccountCode.Token, AccountCode.Funding, AccountCode.Payouts, AccountCode.Fees];

    public static readonly QueryParameter[] Parameters =
    [
        new("account", typeof(string), "deposit, collected, token, funding, payouts or fees: on either side.", Repeats: true),
        QueryParameter.AnyOf<TransferKind>("kind", "Only these kinds."),
        new("bookedFrom", typeof(string), "From this local day or moment (RFC 3339)."),
        new("bookedTo", typeof(string), "To this local day, the day included, or before this moment."),
        new("reference", typeof(string), "The id of what they belong to: a transfer, a top-up, a spend request."),
        QueryParameter.Limit, QueryParameter.Cursor,
    ];

    public static LedgerQuery Parse(IQueryCollection query, TimeZoneInfo zone)
    {
        var read = new QueryReader(query, zone);
        return new LedgerQuery
        {
            Accounts = Of(read.Known("account", [.. Known.Select(AccountCodes.Name)])),
            Kinds = read.Known<TransferKind>("kind"),
            BookedFrom = read.Moment("bookedFrom", false),
            BookedTo = read.Moment("bookedTo", true),
            Reference = IdOf(read.Text("reference")),
            Cursor = read.Text("cursor"),
            Limit = read.Limit,
        };
    }

    private static IReadOnlyList<AccountCode> Of(IEnumerable<string> names) => [.. Known.Where(c => names.Contains(AccountCodes.Name(c)))];

    /// <summary>An id of any kind without its prefix.</summary>
    public static Guid? IdOf(string? text) => text is null ? null
        : Core.Ids.Base32.TryDecode(text.AsSpan(text.LastIndexOf('_') + 1), out var id) ? id : Guid.Empty;
}

/// <summary>The URL of a list of ledger transfers of a book that has these accounts.</summary>
public sealed class LedgerListQuery : ListQuery
{
    public static readonly IReadOnlyList<Option> AccountOptions = Options(LedgerQuery.Known);

    public static readonly IReadOnlyList<Option> KindOptions =
        [.. Enum.GetValues<TransferKind>().Select(k => new Option(Json.Name(k), LedgerWords.Kind(k)))];

    public LedgerListQuery(string path, IEnumerable<KeyValuePair<string, StringValues>> query, DisplayZone zone,
        IReadOnlyList<AccountCode>? known = null) : base(path, query)
    {
        var byName = (known ?? LedgerQuery.Known).ToDictionary(AccountCodes.Name);
        var accounts = Choices("account", [.. byName.Keys]);
        var kinds = Choices("kind", [.. KindOptions.Select(o => o.Value)]);
        Data = new LedgerQuery
        {
            Accounts = [.. accounts.Select(name => byName[name])],
            Kinds = [.. kinds.Select(Json.Parse<TransferKind>)],
            BookedFrom = Day("bookedFrom") is { } from ? zone.Start(from) : null,
            BookedTo = Day("bookedTo") is { } to ? zone.Start(to.AddDays(1)) : null,
            Reference = LedgerQuery.IdOf(Text("reference")),
            Cursor = After,
            Before = Before,
        };
        Sortable();
    }

    public LedgerQuery Data { get; }

    public static IReadOnlyList<Option> Options(IReadOnlyList<AccountCode> accounts) =>
        [.. accounts.Select(AccountCodes.Name).Select(name => new Option(name, LedgerWords.Account(name)))];
}
