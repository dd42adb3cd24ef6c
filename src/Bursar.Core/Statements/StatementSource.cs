using Bursar.Core.Currencies;

namespace Bursar.Core.Statements;

public enum StatementFormat
{
    /// <summary>Rows of a bank's own making, read by a <see cref="CsvMapping"/>.</summary>
    Csv,
    /// <summary>SWIFT's customer statement message.</summary>
    Mt940,
    /// <summary>ISO 20022's bank to customer statement, versions 001.02 and 001.08.</summary>
    Camt053,
}

/// <summary>
/// How the letters of a CSV or MT940 file are stored. A byte order mark (UTF-8, UTF-16) goes before it; XML says it itself.
/// </summary>
public enum StatementEncoding { Utf8, Windows1252 }

/// <summary>
/// What a file is taken for. Nothing of it is guessed: a statement of another account or currency is refused. <see cref="Opening"/>
/// and <see cref="Closing"/> in minor units are what a person reads off the bank's page; a CSV without a balance column needs both,
/// and wherever they are given the file must agree.
/// </summary>
public sealed record StatementSource(StatementFormat Format, string Account, Currency Currency)
{
    public CsvMapping? Mapping { get; init; }
    public StatementEncoding Encoding { get; init; }
    public long? Opening { get; init; }
    public long? Closing { get; init; }
}

/// <summary>Bounds of a statement file. What is beyond them is refused while it is read, never held first.</summary>
public static class StatementLimits
{
    public const long FileBytes = 64L * 1024 * 1024;
    /// <summary>Lines of all statements of a file together.</summary>
    public const int Rows = 100_000;
    public const int Statements = 1_000;
    /// <summary>Characters of a line of text, and of a CSV row that spans lines.</summary>
    public const int LineLength = 32_768;
    public const int Columns = 256;
    public const int XmlDepth = 32;
    /// <summary>Characters kept of a description, name or reference; the rest is cut off.</summary>
    public const int TextLength = 500;
    /// <summary>Characters of one XML text, and lines that one MT940 field may span.</summary>
    public const int XmlText = 4_096;
    public const int FieldLines = 50;
}
