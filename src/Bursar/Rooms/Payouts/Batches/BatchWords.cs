using Bursar.Platform.Ui;
using static Bursar.Platform.Languages.Language;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>How batches read on a page.</summary>
public static class BatchWords
{
    public static readonly IReadOnlyList<Option> StateOptions =
    [
        new("waiting", "Not submitted"), new("pending_approval", "Waiting for approval"), new("approved", "Processing"),
        new("unknown", "Bank has not answered"), new("succeeded", "Successful"), new("failed", "Failed"), new("refused", "Refused"),
        new("rejected", "Rejected"), new("cancelled", "Cancelled"), new("expired", "Expired"), new("reversed", "Returned"),
    ];

    public static readonly IReadOnlyList<Option> FlagOptions =
    [
        new(RowFlags.NewPayee, "New payee"), new(RowFlags.ChangedAccount, "Another account than before"),
        new(RowFlags.CoolingAccount, "Account set within 24 hours"), new(RowFlags.Outlier, "Unusually large"),
        new(RowFlags.DuplicateInFile, "Twice in this file"), new(RowFlags.DuplicateOfTransfer, "Paid before in 90 days"),
        new(RowFlags.SuspectedAccount, "Suspected by the bank"), new(RowFlags.NameUnknown, "Name not known"),
        new(RowFlags.NameNotAsked, "Name not asked"),
    ];

    public static readonly IReadOnlyList<Option> ModeOptions =
    [
        new("continue", "Each row stands alone: the others go on when one is refused"),
        new("atomic", "All rows or none: one that is refused stops the whole batch"),
    ];

    public static readonly IReadOnlyList<Option> NameOptions =
        [new("true", "Yes, also where it takes a while"), new("false", "No: quicker where banks answer slowly")];

    /// <summary>A number of rows, however large.</summary>
    public static string Count(long rows) => MoneyText.Count(rows, long.MaxValue);

    public static string Rows(long rows) => rows == 1 ? T("1 row") : T($"{Count(rows)} rows");

    public static string Flag(string flag) => FlagOptions.FirstOrDefault(o => o.Value == flag)?.Label ?? flag;

    /// <summary>State and tone of a batch in one word.</summary>
    public static StateWord State(BatchState state) => state switch
    {
        BatchState.Checking => new("Checking", Tone.Info),
        BatchState.Invalid => new("Has errors", Tone.Bad),
        BatchState.Ready => new("Ready", Tone.Wait),
        BatchState.Submitting => new("Submitting", Tone.Info),
        BatchState.Submitted => new("Submitted", Tone.Info),
        BatchState.Completed => new("Completed", Tone.Ok),
        BatchState.Failing or BatchState.Failed => new("Failed", Tone.Bad),
        _ => new("Cancelled", Tone.Mute),
    };

    public static StateWord Row(string state) => state switch
    {
        "waiting" => new("Not submitted", Tone.Mute),
        "refused" => new("Refused", Tone.Bad),
        "invalid" => new("Has errors", Tone.Bad),
        _ => StateWord.Of(Thing.Disbursement, state),
    };

    /// <summary>What of it is done, in percent, while somebody waits for it.</summary>
    public static int? Percent(TransferBatch batch) => batch.State switch
    {
        BatchState.Checking => batch.Checked * 100 / batch.Rows,
        BatchState.Submitting => batch.Submitted * 100 / batch.Rows,
        _ => null,
    };
}
