using Bursar.Core.Payments;
using Bursar.Core.Results;
using Bursar.Platform.Data;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>A posted form with a batch's file, from the API or the page.</summary>
public static class BatchForm
{
    /// <summary>The file and what a form puts around it.</summary>
    public const int BodyMax = BatchLimits.FileBytes + 64 * 1024;

    public static async Task<Result<(Result<IReadOnlyList<BatchRow>> Rows, UploadBatch.Wishes Wishes)>> Read(IFormCollection form)
    {
        if (form.Files["file"] is not { Length: > 0 } file) return Errors.Field("/file", "required", "Choose a CSV or XLSX file.");
        if (file.Length > BatchLimits.FileBytes) return Errors.Field("/file", "too_large", "The file is larger than 10 MB.");
        if (Choice(form["mode"], BatchMode.Continue) is not { } mode) return Errors.Field("/mode", "invalid", "continue or atomic.");
        if (Truth(form["submit"], true) is not { } submit) return Errors.Field("/submit", "invalid", "true or false.");
        if (Truth(form["checkNames"], true) is not { } names) return Errors.Field("/checkNames", "invalid", "true or false.");
        await using var content = file.OpenReadStream();
        var rows = await Task.Run(() => BatchXlsx.Looks(content) ? BatchXlsx.Read(content) : BatchCsv.Read(content));
        return (rows, new UploadBatch.Wishes(Path.GetFileName(file.FileName), mode, submit, names));
    }

    private static BatchMode? Choice(string? text, BatchMode absent) =>
        string.IsNullOrEmpty(text) ? absent : Json.TryParse<BatchMode>(text, out var mode) ? mode : null;

    private static bool? Truth(string? text, bool absent) => text switch
    {
        null or "" => absent,
        "true" => true,
        "false" => false,
        _ => null,
    };
}
