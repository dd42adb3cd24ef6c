using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Xml;

namespace Bursar.Core.Statements;

/// <summary>Reads a bank's statement file, whole or not at all. The stream is read once, front to back, and stays open.</summary>
public static class StatementFiles
{
    private static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>Bytes that are no UTF-8 become a character that <see cref="CharSource"/> refuses where it stands.</summary>
    internal static readonly Encoding Utf8 = Encoding.GetEncoding(
        "utf-8", EncoderFallback.ExceptionFallback, new DecoderReplacementFallback(CharSource.Undecoded.ToString()));

    public static bool TryRead(
        Stream content, StatementSource source,
        [NotNullWhen(true)] out StatementFile? file, [NotNullWhen(false)] out StatementFault? fault)
    {
        (file, fault) = (null, null);
        try
        {
            using var measured = new MeasuredStream(content);
            file = Read(measured, source);
            return true;
        }
        catch (StatementRefused refused)
        {
            fault = refused.Fault;
        }
        catch (XmlException wrong)
        {
            // Its message quotes the file, so it is not shown. External entities and DTDs end here too.
            fault = new StatementFault(FaultCodes.BadXml, wrong.LineNumber, wrong.LinePosition, "This is not XML that can be read.");
        }
        return false;
    }

    private static StatementFile Read(MeasuredStream content, StatementSource source)
    {
        var statements = new StatementChain(source);
        if (source.Format == StatementFormat.Camt053) CamtStatements.Read(content, statements);
        else
        {
            using var text = new StreamReader(content, EncodingOf(source), detectEncodingFromByteOrderMarks: true, 16_384, leaveOpen: true);
            var characters = new CharSource(text);
            if (source.Format == StatementFormat.Mt940) new Mt940Statements(characters, statements).Read();
            else new CsvStatements(characters, statements).Read();
        }
        return new StatementFile(content.FinishHash(), statements.Finish());
    }

    private static Encoding EncodingOf(StatementSource source) =>
        source.Encoding == StatementEncoding.Windows1252 ? Windows1252 : Utf8;
}
