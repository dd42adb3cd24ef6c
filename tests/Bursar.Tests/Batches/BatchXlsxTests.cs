using System.IO.Compression;
using System.Net;
using System.Text;
using Bursar.Core.Access;
using Bursar.Core.Payments;
using Bursar.Rooms.Payouts.Batches;
using Bursar.Tests.Given;

namespace Bursar.Tests.Batches;

/// <summary>Spreadsheets as programs really write them, and as an enemy would.</summary>
public sealed class BatchXlsxTests(Product product)
{
    private const string Header = """<row r="1"><c t="inlineStr"><is><t>amount</t></is></c><c t="s"><v>0</v></c><c t="s"><v>1</v></c></row>""";

    [Fact]
    public void text_stays_text_and_numbers_are_whole_or_refused()
    {
        var read = BatchXlsx.Read(File(Header + """
            <row r="2"><c r="A2"><v>1.0E7</v></c><c r="B2" t="s"><v>2</v></c><c r="C2" t="inlineStr"><is><t>0081230001</t></is></c></row>
            <row r="4"><c r="A4"><v>250000</v></c><c r="B4" t="str"><f>"bri"</f><v>bri</v></c><c r="C4"><v>5270997481</v></c></row>
            <row r="5"><c r="A5"><v>250000.5</v></c><c r="B5" t="s"><v>2</v></c><c r="C5"><v>1.2345678901234567E17</v></c></row>
            <row r="6"><c r="A6"/><c r="C6"/></row>
            """));
        Assert.True(read.Ok, read.Ok ? "" : read.Error.ToString());
        Assert.Equal(
            ["2 10000000 bca 0081230001", "4 250000 bri 5270997481", "5 250000.5 bca 123456789012345670"],
            read.Value.Select(r => $"{r.Line} {r.Amount} {r.BankCode} {r.AccountNumber}"));
        Assert.Equal(["amount invalid", "accountNumber digits_lost"], read.Value[2].Faults.Select(f => $"{f.Column} {f.Code}"));
    }

    [Fact]
    public void what_is_broken_or_unpacks_to_too_much_is_refused()
    {
        Refused("column_unknown", File("""<row r="1"><c t="inlineStr"><is><t>iban</t></is></c></row>"""));
        Refused("file_empty", File(""));
        Refused("file_invalid", File("<row r=\"1\"><c"));
        Refused("file_invalid", new MemoryStream("PK\u0003\u0004 and nothing more"u8.ToArray()));
        Refused("too_many_columns", File(Header + """<row r="2"><c r="AZ2"><v>1</v></c></row>"""));
        var rows = string.Concat(Enumerable.Range(2, BatchLimits.Rows + 1).Select(i => $"<row r=\"{i}\"><c r=\"A{i}\"><v>1</v></c></row>"));
        Refused("too_many_rows", File(Header + rows));
        // A hundred megabytes of nothing fit into a hundred kilobytes.
        Refused("file_too_large", File(Header, new string(' ', 101 * 1024 * 1024)));
    }

    [Fact]
    public async Task the_template_can_be_filled_in_and_uploaded()
    {
        var w = await (await product.Workspace()).WithDeposit(10_000_000);
        var pages = await w.AdminPages();
        Assert.StartsWith("amount,bankCode,accountNumber,", (await pages.Get("/test/transfers/batches/template.csv")).Body.TrimStart('\uFEFF'));
        (await pages.Get("/test/transfers/batches/template.xlsx")).Is(HttpStatusCode.OK);
        var maker = await w.Member(Role.Maker);
        var sent = (await maker.Upload(Given.Batches.Path, "salaries.xlsx", BatchXlsx.Template(), null, ("submit", "false")))
            .Is(HttpStatusCode.Created);
        var ready = await maker.BatchReaches(sent.Text("id"), "ready");
        Assert.Equal((1, 1_250_000), (ready.Number("rows"), ready.Number("total")));
        // The same row as CSV is the same batch.
        (await maker.Upload((await pages.Get("/test/transfers/batches/template.csv")).Body)).Refuses("duplicate_batch");
    }

    private static void Refused(string code, MemoryStream file)
    {
        var read = BatchXlsx.Read(file);
        Assert.False(read.Ok, code);
        Assert.Equal(code, read.Error.Fields[0].Code);
    }

    private static MemoryStream File(string rows, string? ballast = null)
    {
        const string sheets = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        const string relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        const string package = "http://schemas.openxmlformats.org/package/2006";
        var content = new MemoryStream();
        using (var zip = new ZipArchive(content, ZipArchiveMode.Create, leaveOpen: true))
        {
            Put("[Content_Types].xml", $"""
                <Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
                <Default Extension="txt" ContentType="text/plain"/>
                <Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
                <Override PartName="/xl/s.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
                <Override PartName="/xl/t.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>
                """);
            Put("_rels/.rels", $"""
                <Relationships xmlns="{package}/relationships"><Relationship Id="r" Type="{relations}/officeDocument" Target="xl/workbook.xml"/></Relationships>
                """);
            Put("xl/_rels/workbook.xml.rels", $"""
                <Relationships xmlns="{package}/relationships"><Relationship Id="a" Type="{relations}/worksheet" Target="s.xml"/>
                <Relationship Id="b" Type="{relations}/sharedStrings" Target="t.xml"/></Relationships>
                """);
            Put("xl/workbook.xml", $"""
                <workbook xmlns="{sheets}" xmlns:r="{relations}"><sheets><sheet name="One" sheetId="1" r:id="a"/></sheets></workbook>
                """);
            Put("xl/t.xml", $"""
                <sst xmlns="{sheets}"><si><t>bankCode</t></si><si><r><t>account</t></r><r><t>Number</t></r></si><si><t>bca</t></si></sst>
                """);
            Put("xl/s.xml", $"""<worksheet xmlns="{sheets}"><sheetData>{rows}</sheetData></worksheet>""");
            if (ballast is not null) Put("xl/ballast.txt", ballast);

            void Put(string name, string text)
            {
                using var part = new StreamWriter(zip.CreateEntry(name, CompressionLevel.Optimal).Open(), new UTF8Encoding(false));
                part.Write(text.Trim());
                if (ballast == text) part.Write(text);
            }
        }
        content.Position = 0;
        return content;
    }
}
