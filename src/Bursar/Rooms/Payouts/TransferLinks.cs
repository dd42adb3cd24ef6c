using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Ui;
using Microsoft.Extensions.Primitives;

namespace Bursar.Rooms.Payouts;

/// <summary>The transfer list's URL; its names are those of <see cref="TransferQuery"/>, which reads the rows.</summary>
public sealed class TransferLinks : ListQuery
{
    public TransferLinks(string path, IEnumerable<KeyValuePair<string, StringValues>> query) : base(path, query)
    {
        Text("search");
        Choices("state", [.. Enum.GetValues<DisbursementState>().Select(s => Json.Name(s))]);
        Choices("destinationType", "bank", "va", "e_wallet");
        Choices("createdVia", "dashboard", "api");
        Day("createdFrom");
        Day("createdTo");
        Amount("amountFrom", Core.Currencies.Currency.Idr);
        Amount("amountTo", Core.Currencies.Currency.Idr);
    }
}
