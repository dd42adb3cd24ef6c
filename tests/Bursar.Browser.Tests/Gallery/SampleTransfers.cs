using Bursar.Core.Currencies;
using Bursar.Platform.Ui;
using Microsoft.AspNetCore.Http;

namespace Bursar.Browser.Tests.Gallery;

public sealed record SampleTransfer(
    string Id, long Amount, string State, string Name, string Bank, string Account, string Remark, string Maker, DateTimeOffset Created)
{
    public Money Money => Money.Idr(Amount);
}

public sealed class SampleQuery : ListQuery
{
    public SampleQuery(string path, IQueryCollection query) : base(path, query)
    {
        Search = Text("search");
        States = Choices("state", SampleTransfers.States);
        From = Day("createdFrom");
        To = Day("createdTo");
        Least = Amount("amountFrom", Currency.Idr);
        Most = Amount("amountTo", Currency.Idr);
        Via = Choice("createdVia", "dashboard", "api");
        Sortable("amount", "created");
    }

    public string? Search { get; }
    public IReadOnlyList<string> States { get; }
    public DateOnly? From { get; }
    public DateOnly? To { get; }
    public Money? Least { get; }
    public Money? Most { get; }
    public string? Via { get; }
}

public static class SampleTransfers
{
    public static readonly DateTimeOffset Now = new(2026, 11, 20, 9, 52, 0, TimeSpan.Zero);
    public static readonly string[] States =
        ["pending_approval", "executing", "succeeded", "failed", "cancelled", "rejected", "reversed", "unknown"];

    private static readonly string[] Names =
        ["Dewi Wijaya", "UD Berkah Tani", "CV Maju Bersama", "Budi Anggraini", "PT Sumber Rejeki", "PT Cipta Logistik", "Putri Siregar"];
    private static readonly string[] Banks = ["Mandiri", "BRI", "BCA", "OVO", "BSI", "DANA", "Permata VA"];
    private static readonly string[] Remarks = ["Refund order 88120", "Warehouse rent", "Payroll November", "Vendor invoice 2291"];

    public static readonly IReadOnlyList<SampleTransfer> All = Enumerable.Range(0, 180).Select(Make).ToList();

    public static IReadOnlyList<SampleTransfer> Find(SampleQuery query)
    {
        var found = All.Where(t =>
            (query.Search is null || t.Name.Contains(query.Search, StringComparison.OrdinalIgnoreCase) || t.Id == query.Search)
            && (query.States.Count == 0 || query.States.Contains(t.State))
            && (query.From is null || DisplayZone.Wib.Day(t.Created) >= query.From)
            && (query.To is null || DisplayZone.Wib.Day(t.Created) <= query.To)
            && (query.Least is null || t.Amount >= query.Least.Value.Minor)
            && (query.Most is null || t.Amount <= query.Most.Value.Minor));
        return (query.Sort switch
        {
            "amount" => found.OrderBy(t => t.Amount),
            "-amount" => found.OrderByDescending(t => t.Amount),
            "created" => found.OrderBy(t => t.Created),
            _ => found.OrderByDescending(t => t.Created),
        }).ToList();
    }

    private static SampleTransfer Make(int i)
    {
        var random = new Random(1000 + i);
        return new SampleTransfer(
            $"tr_{i:D4}h2v9k3m5n7p1q4r6s8t0w2", random.Next(200, 180_000) * 1000L,
            States[i % 7 == 3 ? random.Next(States.Length) : i < 3 ? 1 : 2],
            Names[random.Next(Names.Length)], Banks[random.Next(Banks.Length)], $"0{random.NextInt64(100_000_000, 999_999_999)}",
            Remarks[random.Next(Remarks.Length)], i % 5 == 0 ? "API key …4f2a" : "Sari Wibowo", Now.AddMinutes(-71 * i - 12));
    }
}
