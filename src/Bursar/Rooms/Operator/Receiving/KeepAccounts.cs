using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Statements;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyIn;
using Bursar.Platform.Statements;

namespace Bursar.Rooms.Operator.Receiving;

/// <summary>The operator's receiving accounts; whatever is changed of them stands in the journal of the house.</summary>
public sealed class KeepAccounts(ReceivingAccounts accounts, House house)
{
    public async Task<Result<ReceivingAccount>> Add(Desk desk, ReceivingAccounts.Draft draft)
    {
        var added = await accounts.Add(draft);
        if (!added.Ok) return added;
        await house.Open(added.Value);
        return await Told(desk, added.Value, "receiving_account.added");
    }

    public async Task<Result<ReceivingAccount>> Switch(Desk desk, string account, bool active)
    {
        if (await accounts.Find(Mode.Live, account) is null) return Errors.Missing();
        var switched = await accounts.Switch(account, active);
        return switched.Ok ? await Told(desk, switched.Value, active ? "receiving_account.opened" : "receiving_account.closed") : switched;
    }

    /// <summary>How CSV statements of the account are read from now on.</summary>
    public async Task<Result<ReceivingAccount>> SaveFormat(Desk desk, Mode mode, string account, CsvFormat format)
    {
        if (await accounts.Find(mode, account) is not { } known) return Errors.Missing();
        if (format.Mapping.Problem() is { } problem) return new Error(Errors.ValidationFailed, problem);
        await accounts.SaveCsvFormat(mode, account, Json.Write(format));
        await house.Open(known);
        return await Told(desk, known with { CsvFormat = Json.Write(format) }, "receiving_account.format_saved");
    }

    private async Task<Result<ReceivingAccount>> Told(Desk desk, ReceivingAccount account, string type)
    {
        var told = await house.Submit(new RecordFact(desk.In(House.Book(account.Mode)), type, House.Id.Value, account));
        return told.Ok ? account : told.Error;
    }
}
