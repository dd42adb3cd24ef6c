using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using Microsoft.Extensions.Primitives;

namespace Bursar.Rooms.Payouts.Beneficiaries;

/// <summary>The URL of the page of beneficiaries.</summary>
public sealed class BeneficiaryListQuery : ListQuery
{
    private static readonly string[] BankCodes = [.. Banks.All.Select(b => b.Code)];

    public BeneficiaryListQuery(string path, IEnumerable<KeyValuePair<string, StringValues>> query) : base(path, query)
    {
        Data = new BeneficiaryQuery(Text("search"), Choices("bankCode", BankCodes), null, After, 50);
        Sortable();
    }

    public BeneficiaryQuery Data { get; }
}
