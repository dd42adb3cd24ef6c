using Bursar.Platform.Http;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Payouts.International;

/// <summary>
/// What a list of transfers abroad is filtered by, the same for API, page and CSV. Dates without a time are local days of the workspace.
/// </summary>
public sealed record InternationalQuery
{
    public string? Search { get; init; }
    public string? BeneficiaryName { get; init; }
    public IReadOnlyList<DisbursementState> States { get; init; } = [];
    public DateTimeOffset? CreatedFrom { get; init; }
    public DateTimeOffset? CreatedTo { get; init; }
    public string? Reference { get; init; }
    public string? Cursor { get; init; }
    public string? Before { get; init; }
    public int Limit { get; init; } = 50;

    public static readonly QueryParameter[] Parameters =
    [
        new("search", typeof(string), "Transaction id or beneficiary name."),
        new("beneficiaryName", typeof(string), "Words of the beneficiary's name."),
        QueryParameter.AnyOf<DisbursementState>("state", "Only these states."),
        new("createdFrom", typeof(string), "From this local day or moment (RFC 3339)."),
        new("createdTo", typeof(string), "To this local day, the day included, or before this moment."),
        new("reference", typeof(string), "Exactly this reference."),
        QueryParameter.Limit, QueryParameter.Cursor,
    ];

    public static InternationalQuery Parse(IQueryCollection query, TimeZoneInfo zone)
    {
        var read = new QueryReader(query, zone);
        return new InternationalQuery
        {
            Search = read.Text("search"),
            BeneficiaryName = read.Text("beneficiaryName"),
            States = read.Known<DisbursementState>("state"),
            CreatedFrom = read.Moment("createdFrom", false),
            CreatedTo = read.Moment("createdTo", true),
            Reference = read.Text("reference"),
            Cursor = read.Text("cursor") ?? read.Text("after"),
            Before = read.Text("before"),
            Limit = read.Limit,
        };
    }
}
