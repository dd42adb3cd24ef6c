using System.Diagnostics.CodeAnalysis;
using Bursar.Core.Text;

namespace Bursar.Core.Statements;

/// <summary>Every reason to refuse a statement file, one line each. docs/statements.md lists them; a test compares.</summary>
public static class FaultCodes
{
    public const string FileEmpty = "file_empty";
    public const string FileTooLarge = "file_too_large";
    public const string BadEncoding = "bad_encoding";
    public const string BadCharacter = "bad_character";
    public const string LineTooLong = "line_too_long";
    public const string TextTooLong = "text_too_long";
    public const string TooManyRows = "too_many_rows";
    public const string TooManyColumns = "too_many_columns";
    public const string TooManyStatements = "too_many_statements";
    public const string TooDeep = "too_deep";
    public const string UnclosedQuote = "unclosed_quote";
    public const string BadQuote = "bad_quote";
    public const string ColumnCount = "column_count";
    public const string ColumnMissing = "column_missing";
    public const string DuplicateHeader = "duplicate_header";
    public const string DelimiterUnclear = "delimiter_unclear";
    public const string MappingInvalid = "mapping_invalid";
    public const string BadDate = "bad_date";
    public const string BadAmount = "bad_amount";
    public const string AmountAmbiguous = "amount_ambiguous";
    public const string AmountOutOfRange = "amount_out_of_range";
    public const string AmountMissing = "amount_missing";
    public const string TwoAmounts = "two_amounts";
    public const string BadDirection = "bad_direction";
    public const string WrongAccount = "wrong_account";
    public const string WrongCurrency = "wrong_currency";
    public const string BalanceMissing = "balance_missing";
    public const string BalanceMismatch = "balance_mismatch";
    public const string StatementGap = "statement_gap";
    public const string StatementRepeated = "statement_repeated";
    /// <summary>Said by whoever knows what was imported before, not by a reader.</summary>
    public const string LinesDiffer = "lines_differ";
    public const string BadStructure = "bad_structure";
    public const string BadXml = "bad_xml";
    public const string UnsupportedVersion = "unsupported_version";

    public static readonly IReadOnlyList<string> All =
        [.. typeof(FaultCodes).GetFields().Where(f => f.IsLiteral).Select(f => (string)f.GetRawConstantValue()!)];
}

/// <summary>A place in a file, both from 1.</summary>
internal readonly record struct Place(int Line, int Column);

/// <summary>Leaves a reader from any depth of a file; <see cref="StatementFiles"/> alone catches it and hands the fault out.</summary>
internal sealed class StatementRefused(StatementFault fault) : Exception(fault.ToString())
{
    public StatementFault Fault { get; } = fault;

    [DoesNotReturn]
    public static void Throw(string code, Place at, Phrase said) =>
        throw new StatementRefused(new StatementFault(code, at.Line, at.Column, said));
}
