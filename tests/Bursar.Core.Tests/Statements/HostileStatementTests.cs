using System.Diagnostics;
using System.Text;
using Bursar.Core.Statements;

namespace Bursar.Core.Tests.Statements;

/// <summary>QUALITY §3.4: files made to break a reader end in a fault, at once and without being held in memory.</summary>
public sealed class HostileStatementTests
{
    private const string Head = "Date,Ref,Remark,Amount,Balance\n";
    private static readonly StatementSource Csv = Written.Source(StatementFormat.Csv);
    private static readonly StatementSource Camt = Written.Source(StatementFormat.Camt053);
    private const string CamtRoot = "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.02\"><BkToCstmrStmt>";

    [Fact]
    public void a_million_columns_and_ten_megabytes_without_a_line_end_stop_early()
    {
        var columns = Written.Fault(Head + new string(',', 1_000_000) + "\n", Csv);
        Assert.Equal((FaultCodes.TooManyColumns, 2, StatementLimits.Columns + 1), (columns.Code, columns.Line, columns.Column));
        var line = Written.Fault(Head + new string('x', 10_000_000), Csv);
        Assert.Equal((FaultCodes.LineTooLong, 2, StatementLimits.LineLength + 1), (line.Code, line.Line, line.Column));
        Assert.Equal(FaultCodes.LineTooLong, Written.Fault(new string('x', 10_000_000), Csv).Code);
        var mt940 = Written.Fault(":20:" + new string('x', 10_000_000), Written.Source(StatementFormat.Mt940));
        Assert.Equal(FaultCodes.LineTooLong, mt940.Code);
        var quote = Written.Fault(Head + "\"" + string.Concat(Enumerable.Repeat("line\n", 100_000)), Csv);
        Assert.Equal((FaultCodes.UnclosedQuote, 2, 1), (quote.Code, quote.Line, quote.Column));
    }

    [Fact]
    public void entities_that_laugh_and_entities_from_outside_are_never_read()
    {
        const string Laughs = "<!DOCTYPE l [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;\">]>" + CamtRoot + "&c;";
        const string Outside = "<!DOCTYPE l [<!ENTITY f SYSTEM \"file:///etc/passwd\">]>" + CamtRoot + "&f;";
        const string Foreign = "<!DOCTYPE l SYSTEM \"http://127.0.0.1:1/l.dtd\">" + CamtRoot;
        foreach (var xml in new[] { Laughs, Outside, Foreign })
        {
            var fault = Written.Fault(xml + "</BkToCstmrStmt></Document>", Camt);
            Assert.Equal(FaultCodes.BadXml, fault.Code);
            Assert.DoesNotContain("root:", fault.ToString());
        }
    }

    [Fact]
    public void ten_thousand_levels_stop_at_the_bound()
    {
        var fault = Written.Fault(CamtRoot + string.Concat(Enumerable.Repeat("<Stmt>", 10_000)), Camt);
        Assert.Equal(FaultCodes.TooDeep, fault.Code);
    }

    [Fact]
    public void a_text_of_ten_megabytes_is_not_kept()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var fault = Written.Fault(new EndlessText(CamtRoot + "<Stmt><Id>", 'x', 10_000_000), Camt);
        Assert.Equal(FaultCodes.TextTooLong, fault.Code);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 2_000_000);
    }

    [Fact]
    public void a_file_beyond_its_bound_is_refused_while_it_is_read()
    {
        foreach (var format in Enum.GetValues<StatementFormat>())
        {
            // Blank lines, or a comment, which are no error of their own.
            var (head, rest) = format == StatementFormat.Camt053 ? (CamtRoot + "<!--", 'x')
                : (format == StatementFormat.Csv ? Head : "", '\n');
            var fault = Written.Fault(new EndlessText(head, rest, StatementLimits.FileBytes + 10), Written.Source(format));
            Assert.Equal(FaultCodes.FileTooLarge, fault.Code);
        }
    }

    [Fact]
    public void a_million_slashes_in_one_field_cost_no_more_than_a_million_letters()
    {
        var details = string.Join('\n', Enumerable.Repeat(new string('/', 32_000), StatementLimits.FieldLines));
        var text = $":20:R\n:25:{Written.Account}\n:60F:C260101IDR0,\n:61:260101C5,NTRFNONREF\n"
            + $":86:/NAME/Ani\n{details[..^32_001]}\n:62F:C260101IDR5,\n";
        var clock = Stopwatch.StartNew();
        var line = Assert.Single(Written.File(Encoding.UTF8.GetBytes(text), Written.Source(StatementFormat.Mt940)).Lines);
        Assert.StartsWith("Ani", line.Counterparty);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void words_of_a_payer_that_cannot_be_seen_do_not_stop_the_import()
    {
        var text = Head + "01/01/2026,\u200B,a\u202Eb\u200B c\u00A0\u00A0d\u0085 \u2028 e 😀,5,5\n"
            + "02/01/2026,R," + new string('é', 2_000) + ",5,10\n";
        var lines = Written.File(Encoding.UTF8.GetBytes(text), Csv).Lines.ToList();
        Assert.Equal(("ab c d e 😀", null), (lines[0].Description, lines[0].BankReference));
        Assert.Equal(StatementLimits.TextLength, lines[1].Description.Length);
    }

    [Fact]
    public void whatever_is_thrown_at_it_a_reader_answers()
    {
        var random = new Random(20260101);
        Booking[] bookings =
            [.. Enumerable.Range(0, 20).Select(i => new Booking(Written.FirstDay.AddDays(i), 1000 + i, "say \"x\"", $"R{i}"))];
        var clock = Stopwatch.StartNew();
        foreach (var format in Enum.GetValues<StatementFormat>())
        {
            var good = Written.As(format, bookings, 5);
            var read = 0;
            for (var i = 0; i < 1_000; i++)
            {
                var bad = Mutated(good, random);
                var ok = StatementFiles.TryRead(new MemoryStream(bad), Written.Source(format), out var file, out var fault);
                Assert.True(ok ? file is not null : FaultCodes.All.Contains(fault!.Code));
                // What is read is proved, whatever was changed.
                if (ok) Assert.All(file!.Statements, s => Assert.Equal(s.Closing, s.Opening + s.Lines.Sum(l => l.Amount)));
                if (ok) read++;
            }
            Assert.InRange(read, 1, 999);
        }
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(60));
    }

    private static byte[] Mutated(byte[] good, Random random)
    {
        var bytes = good.ToList();
        for (var changes = random.Next(1, 4); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(4))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, Math.Min(random.Next(1, 40), bytes.Count - at)); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(random.Next(at + 1), Math.Min(20, bytes.Count - at))); break;
                default: bytes.Insert(at, "\0\r\n\",;:<&-0"u8[random.Next(11)]); break;
            }
            if (bytes.Count == 0) return [];
        }
        return [.. bytes];
    }
}

/// <summary>A file that is never in memory: a beginning, then one character again and again.</summary>
internal sealed class EndlessText(string head, char rest, long length) : Stream
{
    private readonly byte[] head = Encoding.UTF8.GetBytes(head);
    private long at;

    public override int Read(byte[] buffer, int offset, int count)
    {
        var read = (int)Math.Min(count, length - at);
        for (var i = 0; i < read; i++, at++) buffer[offset + i] = at < head.Length ? head[at] : (byte)rest;
        return read;
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => at; set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
