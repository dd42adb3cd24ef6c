using System.Globalization;
using System.Security;
using System.Text;
using Bursar.Core.Currencies;
using Bursar.Core.Statements;
using FsCheck;
using FsCheck.Fluent;

namespace Bursar.Core.Tests.Statements;

/// <summary>What a bank knows of a booking, before it is written in any format.</summary>
internal sealed record Booking(DateOnly Day, long Amount, string Text, string Reference);

/// <summary>Banks, in a few lines each: they write bookings as files, which our readers must understand.</summary>
internal static class Written
{
    public const string Account = "1234567890";
    public static readonly DateOnly FirstDay = new(2026, 1, 1);

    public static readonly CsvMapping Mapping = new()
    {
        Date = "Date", DateFormat = "dd/MM/yyyy", DecimalMark = '.', Amount = "Amount", Balance = "Balance", Description = ["Remark"],
        Reference = "Ref",
    };

    public static StatementSource Source(StatementFormat format, string currency = "IDR") =>
        new(format, Account, Currency.Get(currency)) { Mapping = format == StatementFormat.Csv ? Mapping : null };

    /// <summary>Bookings in order of their days, with equal ones among them as real accounts have.</summary>
    public static Gen<Booking[]> Bookings(int days = 12) =>
        from lines in (
            from day in Gen.Choose(0, days - 1)
            from amount in Gen.OneOf(Gen.Choose(1, 3).Select(n => n * 1000), Gen.Choose(1, int.MaxValue))
            from sign in Gen.Elements(1, 1, -1)
            from text in Gen.Elements("TRSF E-BANKING", "SETORAN, TUNAI", "say \"hi\"; 50%", "A&B <C>", "BIAYA ADM")
            from reference in Gen.Elements("", "REF1", "REF2", "77-X")
            select new Booking(FirstDay.AddDays(day), sign * (long)amount, text, reference)).ListOf()
        select lines.OrderBy(l => l.Day).ToArray();

    public static StatementFile File(byte[] content, StatementSource source)
    {
        Assert.True(StatementFiles.TryRead(new MemoryStream(content), source, out var file, out var fault), fault?.ToString());
        return file;
    }

    public static StatementFault Fault(string content, StatementSource source) => Fault(Encoding.UTF8.GetBytes(content), source);

    public static StatementFault Fault(byte[] content, StatementSource source) => Fault(new MemoryStream(content), source);

    public static StatementFault Fault(Stream content, StatementSource source)
    {
        Assert.False(StatementFiles.TryRead(content, source, out var file, out var fault), "the file was read");
        Assert.Null(file);
        return fault;
    }

    public static byte[] As(StatementFormat format, IReadOnlyList<Booking> lines, long opening, string currency = "IDR") =>
        Encoding.UTF8.GetBytes(format switch
        {
            StatementFormat.Csv => Csv(lines, opening, currency),
            StatementFormat.Mt940 => Mt940(lines, opening, currency),
            _ => Camt(lines, opening, currency),
        });

    private static string Csv(IReadOnlyList<Booking> lines, long opening, string currency)
    {
        var csv = new StringBuilder("Date,Ref,Remark,Amount,Balance\r\n");
        foreach (var line in lines)
            csv.Append(CultureInfo.InvariantCulture, $"{line.Day:dd/MM/yyyy},{line.Reference},\"{line.Text.Replace("\"", "\"\"")}\",")
                .Append(CultureInfo.InvariantCulture, $"{Major(line.Amount, currency)},{Major(opening += line.Amount, currency)}\r\n");
        return csv.ToString();
    }

    private static string Mt940(IReadOnlyList<Booking> lines, long opening, string currency)
    {
        var (first, last) = Days(lines);
        var mt = new StringBuilder("{1:F01BANKIDJAAXXX0000000000}{2:I940BANKIDJAXXXXN}{4:\r\n");
        mt.Append(CultureInfo.InvariantCulture, $":20:ST{first:yyMMdd}\r\n:25:BANKIDJA/{Account}\r\n:28C:{first.DayOfYear}/1\r\n");
        mt.Append(CultureInfo.InvariantCulture, $":60F:{Mark(opening)}{first:yyMMdd}{currency}{Comma(opening, currency)}\r\n");
        foreach (var line in lines)
        {
            var reference = line.Reference.Length > 0 ? $"//{line.Reference}" : "";
            mt.Append(CultureInfo.InvariantCulture, $":61:{line.Day:yyMMdd}{line.Day:MMdd}")
                .Append(Mark(line.Amount)).Append(Comma(line.Amount, currency))
                .Append(CultureInfo.InvariantCulture, $"NTRFNONREF{reference}\r\n:86:{line.Text}\r\n");
            opening += line.Amount;
        }
        mt.Append(CultureInfo.InvariantCulture, $":62F:{Mark(opening)}{last:yyMMdd}{currency}{Comma(opening, currency)}\r\n-}}\r\n");
        return mt.ToString();
    }

    public static string Camt(IReadOnlyList<Booking> lines, long opening, string currency = "IDR", int version = 2)
    {
        var (first, last) = Days(lines);
        var xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.Append(CultureInfo.InvariantCulture, $"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version:00}\">\n")
            .Append("<BkToCstmrStmt><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-01-31T00:00:00</CreDtTm></GrpHdr>\n")
            .Append(CultureInfo.InvariantCulture, $"<Stmt><Id>S{first:yyMMdd}-{last:yyMMdd}</Id><CreDtTm>2026-01-31T00:00:00</CreDtTm>\n")
            .Append(CultureInfo.InvariantCulture, $"<Acct><Id><Othr><Id>{Account}</Id></Othr></Id><Ccy>{currency}</Ccy></Acct>\n")
            .Append(Balance("OPBD", opening, first, currency))
            .Append(Balance("CLBD", opening + lines.Sum(l => l.Amount), last, currency));
        foreach (var line in lines)
        {
            var reference = line.Reference.Length > 0 ? $"<AcctSvcrRef>{line.Reference}</AcctSvcrRef>" : "";
            xml.Append("<Ntry>").Append(Sum(line.Amount, currency))
                .Append(version == 2 ? "<Sts>BOOK</Sts>" : "<Sts><Cd>BOOK</Cd></Sts>")
                .Append(CultureInfo.InvariantCulture, $"<BookgDt><Dt>{line.Day:yyyy-MM-dd}</Dt></BookgDt>{reference}<BkTxCd/>")
                .Append(CultureInfo.InvariantCulture, $"<AddtlNtryInf>{SecurityElement.Escape(line.Text)}</AddtlNtryInf></Ntry>\n");
        }
        return xml.Append("</Stmt></BkToCstmrStmt></Document>\n").ToString();
    }

    private static string Balance(string kind, long amount, DateOnly day, string currency) =>
        string.Create(CultureInfo.InvariantCulture,
            $"<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp>{Sum(amount, currency)}<Dt><Dt>{day:yyyy-MM-dd}</Dt></Dt></Bal>\n");

    public static string Sum(long amount, string currency) =>
        $"<Amt Ccy=\"{currency}\">{Major(Math.Abs(amount), currency)}</Amt><CdtDbtInd>{(amount < 0 ? "DBIT" : "CRDT")}</CdtDbtInd>";

    private static (DateOnly First, DateOnly Last) Days(IReadOnlyList<Booking> lines) =>
        lines.Count == 0 ? (FirstDay, FirstDay) : (lines[0].Day, lines[^1].Day);

    private static string Mark(long amount) => amount < 0 ? "D" : "C";

    private static string Comma(long amount, string currency) =>
        Major(Math.Abs(amount), currency) is var major && major.Contains('.') ? major.Replace('.', ',') : major + ",";

    private static string Major(long minor, string currency)
    {
        var exponent = Currency.Get(currency).Exponent;
        var digits = Math.Abs(minor).ToString(CultureInfo.InvariantCulture).PadLeft(exponent + 1, '0');
        return (minor < 0 ? "-" : "") + (exponent == 0 ? digits : $"{digits[..^exponent]}.{digits[^exponent..]}");
    }
}
