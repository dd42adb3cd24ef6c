using System.Globalization;
using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Statements;
using Bursar.Core.Text;
using Bursar.Platform.Data;
using Bursar.Platform.Pages;
using Bursar.Platform.Statements;
using Bursar.Platform.Ui;
using Microsoft.AspNetCore.Mvc;

namespace Bursar.Rooms.Operator.Statements;

/// <summary>What the page of statements posts: a file of one receiving account.</summary>
public static class StatementForms
{
    /// <summary>A file of the largest size, and what a form needs around it.</summary>
    private const int FormBytes = ImportStatement.BytesMax + 64 * 1024;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapOperatorForm("statements", Import).WithMetadata(new RequestSizeLimitAttribute(FormBytes));

    private static async Task Import(PagePost post)
    {
        var request = Read(post);
        if (!request.Ok)
        {
            await post.Again<StatementsPage>(request.Error);
            return;
        }
        var file = post.Form.Files["file"]!;
        await using var content = file.OpenReadStream();
        var actor = Desk.Of(post).In(House.Book(request.Value.Mode));
        var done = await post.Get<ImportStatement>().Handle(actor, request.Value, content, file.Length);
        if (done.Ok) await post.Done($"/operator/statements?mode={Json.Name(request.Value.Mode)}", Said(done.Value));
        else await post.Again<StatementsPage>(done.Error);
    }

    private static Phrase Said(StatementImported i) => i.MoneyOut == 0
        ? $"{i.NewLines} new of {i.Lines} lines: {i.Matched} matched, {i.Suspense} in suspense"
        : (Phrase)$"{i.NewLines} new of {i.Lines} lines: {i.Matched} matched, {i.Suspense} in suspense, {i.MoneyOut} out to explain";

    private static Result<ImportStatement.Request> Read(PagePost post)
    {
        var errors = new List<FieldError>();
        var account = post.Text("account").Split(':');
        if (account.Length != 2 || !Json.TryParse<Mode>(account[0], out var mode))
        {
            errors.Add(new("/account", "unknown", "Choose the account of the statement."));
            mode = Mode.Test;
        }
        if (!Json.TryParse<StatementFormat>(post.Text("format"), out var format))
            errors.Add(new("/format", "unknown", "Choose the format of the file."));
        if (post.Form.Files["file"] is not { Length: > 0 }) errors.Add(new("/file", "missing", "Choose a file."));
        long? Balance(string name)
        {
            if (post.TextOrNull(name) is not { } text) return null;
            if (long.TryParse(text.Replace(".", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture,
                out var balance)) return balance;
            errors.Add(new($"/{name}", "invalid", "Write whole rupiah: 1.250.000."));
            return null;
        }
        var (opening, closing) = (Balance("opening"), Balance("closing"));
        if (errors.Count > 0) return Errors.Invalid([.. errors]);
        return new ImportStatement.Request(mode, account[1], format, Path.GetFileName(post.Form.Files["file"]!.FileName))
        {
            Opening = opening,
            Closing = closing,
        };
    }
}
