using System.Globalization;
using System.IO.Compression;
using System.Xml;
using Bursar.Core.Payments;
using Bursar.Core.Results;
using DocumentFormat.OpenXml;
using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Spreadsheet;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>
/// A batch as XLSX: the first sheet, read cell by cell, never as a whole document. What it unpacks to is measured first, because a small
/// file can hold a huge one.
/// </summary>
public static class BatchXlsx
{
    private const long UnpackedMax = 100 * 1024 * 1024;
    private const int PartsMax = 500;
    private const int TextsMax = 150_000;
    /// <summary>Digits that a number in a spreadsheet keeps.</summary>
    private const int DigitsMax = 15;

    /// <summary>A zip file; anything else is taken for CSV.</summary>
    public static bool Looks(Stream content)
    {
        Span<byte> head = stackalloc byte[4];
        var read = content.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        content.Position = 0;
        return read == head.Length && head.SequenceEqual("PK\u0003\u0004"u8);
    }

    public static Result<IReadOnlyList<BatchRow>> Read(Stream content)
    {
        try
        {
            if (!Fits(content)) return BatchHeader.Refused("file_too_large", 0, "Unpacked, this file is too large.");
            content.Position = 0;
            using var document = SpreadsheetDocument.Open(content, isEditable: false);
            return document.WorkbookPart is { } book && FirstSheet(book) is { } sheet
                ? Rows(sheet, Texts(book.SharedStringTablePart))
                : BatchHeader.Refused("file_empty", 0, "There is no sheet in this file.");
        }
        catch (Exception e) when (e is InvalidDataException or FileFormatException or OpenXmlPackageException or XmlException
            or FormatException or ArgumentException or InvalidOperationException or KeyNotFoundException)
        {
            // Their messages quote the file.
            return BatchHeader.Refused("file_invalid", 0, "This is no XLSX file that can be read. Save it anew, or as CSV.");
        }
    }

    private static bool Fits(Stream content)
    {
        using var zip = new ZipArchive(content, ZipArchiveMode.Read, leaveOpen: true);
        if (zip.Entries.Count > PartsMax) return false;
        var buffer = new byte[64 * 1024];
        var unpacked = 0L;
        foreach (var entry in zip.Entries)
        {
            using var part = entry.Open();
            for (int read; (read = part.Read(buffer)) > 0;)
                if ((unpacked += read) > UnpackedMax) return false;
        }
        return true;
    }

    private static WorksheetPart? FirstSheet(WorkbookPart book)
    {
        using var reader = OpenXmlReader.Create(book);
        while (reader.Read())
            if (reader.ElementType == typeof(Sheet))
                return ((Sheet)reader.LoadCurrentElement()!).Id?.Value is { } id ? book.GetPartById(id) as WorksheetPart : null;
        return null;
    }

    private static List<string> Texts(SharedStringTablePart? part)
    {
        var texts = new List<string>();
        if (part is null) return texts;
        using var reader = OpenXmlReader.Create(part);
        while (reader.Read() && texts.Count < TextsMax)
            if (reader.ElementType == typeof(SharedStringItem) && reader.IsStartElement)
                texts.Add(Short(reader.LoadCurrentElement()!.InnerText));
        return texts;
    }

    private static Result<IReadOnlyList<BatchRow>> Rows(WorksheetPart sheet, List<string> texts)
    {
        using var reader = OpenXmlReader.Create(sheet);
        BatchHeader? header = null;
        var rows = new List<BatchRow>();
        var line = 0;
        while (reader.Read())
        {
            if (reader.ElementType != typeof(Row) || !reader.IsStartElement) continue;
            line = reader.Attributes.FirstOrDefault(a => a.LocalName == "r").Value is { } number
                ? int.Parse(number, NumberStyles.None, CultureInfo.InvariantCulture) : line + 1;
            var cells = Cells(reader);
            if (!cells.Ok) return BatchHeader.Refused("too_many_columns", line, cells.Error.Said);
            if (header is null)
            {
                var first = BatchHeader.Of([.. cells.Value.Select(c => TextOf(c, texts))], line);
                if (!first.Ok) return first.Error;
                header = first.Value;
                continue;
            }
            var faults = new List<RowFault>();
            var written = cells.Value.Select((cell, place) => Value(cell, header.ColumnAt(place), texts, faults)).ToList();
            if (header.Row(line, written, faults) is not { } row) continue;
            if (rows.Count == BatchLimits.Rows) return BatchHeader.TooManyRows(line);
            rows.Add(row);
        }
        return rows.Count > 0 ? rows : BatchHeader.Refused("file_empty", 0, "There are no rows below the header.");
    }

    /// <summary>The cells of the row that the reader stands at, by their place; a row leaves out those that are empty.</summary>
    private static Result<List<Cell?>> Cells(OpenXmlReader reader)
    {
        var cells = new List<Cell?>();
        if (!reader.ReadFirstChild()) return cells;
        do
        {
            if (reader.ElementType != typeof(Cell)) continue;
            var cell = (Cell)reader.LoadCurrentElement()!;
            var place = cell.CellReference?.Value is { } reference ? PlaceOf(reference) : cells.Count;
            if (place >= BatchLimits.Columns)
            {
                if (cell.InnerText.Length == 0) continue;
                return Errors.Field("/file", "too_many_columns", $"A row holds up to {BatchLimits.Columns} columns.");
            }
            while (cells.Count <= place) cells.Add(null);
            cells[place] = cell;
        } while (reader.ReadNextSibling());
        return cells;
    }

    /// <summary>"AB12" is place 27 from 0.</summary>
    private static int PlaceOf(string reference)
    {
        var place = 0;
        foreach (var letter in reference.TakeWhile(char.IsAsciiLetterUpper).Take(3)) place = place * 26 + (letter - 'A' + 1);
        return place - 1;
    }

    private static string Value(Cell? cell, string? column, List<string> texts, List<RowFault> faults)
    {
        var text = TextOf(cell, texts);
        if (cell is null || text.Length == 0 || cell.DataType is not null && cell.DataType.Value != CellValues.Number) return text;
        // A number may be written as 1.0E7; what is no whole number is no amount and no account.
        if (!long.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number))
        {
            if (column is "amount" or "accountNumber") faults.Add(new(column, "invalid", "This is no whole number."));
            return text;
        }
        var digits = number.ToString(CultureInfo.InvariantCulture);
        if (column == "accountNumber" && digits.Length > DigitsMax)
            faults.Add(new(column, "digits_lost", $"A number keeps only {DigitsMax} digits: format this column as text."));
        return digits;
    }

    private static string TextOf(Cell? cell, List<string> texts)
    {
        if (cell is null) return "";
        if (cell.DataType?.Value == CellValues.InlineString) return Short(cell.InlineString?.InnerText ?? "");
        var value = cell.CellValue?.Text ?? "";
        return cell.DataType?.Value != CellValues.SharedString ? Short(value)
            : int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var at) && at < texts.Count ? texts[at] : "";
    }

    /// <summary>Longer than any cell may be, and so refused where it stands.</summary>
    private static string Short(string text) => text.Length > BatchLimits.Cell ? text[..(BatchLimits.Cell + 1)] : text;

    /// <summary>An empty file to fill in, its columns formatted as text so that account numbers keep their zeros.</summary>
    public static byte[] Template()
    {
        using var content = new MemoryStream();
        using (var document = SpreadsheetDocument.Create(content, SpreadsheetDocumentType.Workbook))
        {
            var book = document.AddWorkbookPart();
            var styles = book.AddNewPart<WorkbookStylesPart>();
            styles.Stylesheet = new Stylesheet(
                new Fonts(new Font()), new Fills(new Fill()), new Borders(new Border()), new CellStyleFormats(new CellFormat()),
                new CellFormats(new CellFormat(), new CellFormat { NumberFormatId = TextFormat, ApplyNumberFormat = true }));
            var sheet = book.AddNewPart<WorksheetPart>();
            sheet.Worksheet = new Worksheet(
                new Columns(new Column { Min = 1, Max = (uint)BatchHeader.Columns.Count, Width = 22, CustomWidth = true, Style = 1 }),
                new SheetData(new Row(BatchHeader.Columns.Select(Text)), new Row(Example.Select(Text))));
            book.Workbook = new Workbook(new Sheets(new Sheet { Id = book.GetIdOfPart(sheet), SheetId = 1, Name = "Transfers" }));
        }
        return content.ToArray();
    }

    /// <summary>A filled-in row, as the templates show it.</summary>
    public static readonly IReadOnlyList<string> Example =
        ["1250000", "bca", "5270997481", "Salary November", "salary-11-001", "dewi@example.com"];

    private const uint TextFormat = 49;

    private static Cell Text(string text) =>
        new(new InlineString(new Text(text))) { DataType = CellValues.InlineString, StyleIndex = 1 };
}
