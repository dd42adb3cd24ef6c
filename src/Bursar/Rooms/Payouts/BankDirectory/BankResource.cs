using Bursar.Core.Access;
using Bursar.Core.Rails;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Languages;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;

namespace Bursar.Rooms.Payouts.BankDirectory;

/// <summary>
/// A bank or e-wallet as GET /v1/banks and <c>bank.status_changed</c> show it. <paramref name="Queue"/>: how many disbursements of this book
/// wait to be sent there or for its answer. <paramref name="StatusSource"/>: whose word that is in live mode, <c>operator</c> or a rail's
/// name. <paramref name="UpdatedAt"/>: when its status last changed, null where it never did.
/// </summary>
public sealed record BankResource(
    string Code, string Name, string Kind, long Fee, long Queue, BankCondition Status, string? StatusMessage, string? StatusSource,
    DateTimeOffset? UpdatedAt)
{
    /// <summary>What is said of a bank's condition, in the journal of the book that hears of it.</summary>
    public const string StatusChanged = "bank.status_changed";

    public static BankResource Of(Bank bank, BankStatus? status, long queue) => new(
        bank.Code, bank.Name, bank.Kind, bank.Fee, queue, status?.Condition ?? BankCondition.Operational, status?.Message,
        status?.Source, status?.ChangedAt);
}

/// <summary>The directory of a book, by name as the file of banks has it.</summary>
public sealed class BankList(BankStatuses statuses)
{
    public static readonly QueryParameter[] Parameters =
    [
        new("code", typeof(string), "Only these banks.", Repeats: true),
        QueryParameter.AnyOf<BankCondition>("status", "Only banks that are so."),
        new("search", typeof(string), "Part of a name or code."),
    ];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/v1/banks", (HttpContext http, BankList list) => Api.Call<Page<BankResource>>(http, async actor =>
        {
            var read = new QueryReader(http.Request.Query, TimeZoneInfo.Utc);
            var found = await list.Find(actor.Book, read.Text("search"), read.Many("code"), read.Known<BankCondition>("status"));
            return new Page<BankResource>(found, null);
        })).Describe<Page<BankResource>>("List banks", query: Parameters);

    public async Task<IReadOnlyList<BankResource>> Find(
        BookKey book, string? search, IReadOnlyList<string> codes, IReadOnlyList<BankCondition> conditions)
    {
        var all = await All(book);
        return [.. all.Where(b => (codes.Count == 0 || codes.Contains(b.Code))
            && (conditions.Count == 0 || conditions.Contains(b.Status))
            && (search is null || b.Name.Contains(search, StringComparison.OrdinalIgnoreCase)
                || b.Code.Equals(search, StringComparison.OrdinalIgnoreCase)))];
    }

    public async Task<IReadOnlyList<BankResource>> All(BookKey book)
    {
        var known = await statuses.Of(book);
        var queues = await statuses.Queues(book);
        return [.. Banks.All.Select(b => BankResource.Of(b, known.GetValueOrDefault(b.Code), queues.GetValueOrDefault(b.Code)))];
    }
}

/// <summary>How a bank's condition reads on a page.</summary>
public static class BankWords
{
    public static readonly IReadOnlyList<Option> Conditions =
    [
        new("operational", "Operational"), new("disturbed", "Disturbed"), new("heavily_disturbed", "Heavily disturbed"),
    ];

    public static string Of(BankCondition condition) => Conditions.First(o => o.Value == Json.Name(condition)).Label;

    public static Tone Tone(BankCondition condition) => condition switch
    {
        BankCondition.Operational => Platform.Ui.Tone.Ok,
        BankCondition.Disturbed => Platform.Ui.Tone.Wait,
        _ => Platform.Ui.Tone.Bad,
    };

    public static string Source(string source) => source == LiveBankStatuses.Operator ? "The operator" : source;

    public static string Kind(string kind) => kind == "e_wallet" ? "E-wallet" : "Bank";

    /// <summary>The banks as a field offers them; one that is not operational says so.</summary>
    public static IReadOnlyList<Option> Options(IEnumerable<BankResource> banks) => [.. banks.Select(b => new Option(b.Code,
        b.Status == BankCondition.Operational ? b.Name : $"{b.Name} ({Language.T(Of(b.Status)).ToLowerInvariant()})"))];
}
