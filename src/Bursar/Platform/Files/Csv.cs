using System.Text;

namespace Bursar.Platform.Files;

/// <summary>
/// CSV that spreadsheets open without harm: UTF-8 with a byte order mark, CRLF, fields quoted where needed, and an apostrophe before text
/// that would start a formula (OWASP). Numbers go in as they are and stay numbers.
/// </summary>
public sealed class Csv(Stream output) : IAsyncDisposable
{
    private readonly StreamWriter writer =
        new(output, new UTF8Encoding(encoderShouldEmitUTF8Identifier: true), 16 * 1024, leaveOpen: true) { NewLine = "\r\n" };

    public Task Row(params IReadOnlyList<object?> cells) => writer.WriteLineAsync(string.Join(',', cells.Select(Cell)));

    private static string Cell(object? value) => value switch
    {
        null => "",
        long number => number.ToString(System.Globalization.CultureInfo.InvariantCulture),
        DateTimeOffset at => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture),
        _ => Quoted(Guarded(value.ToString()!)),
    };

    private static string Guarded(string text) =>
        text.Length > 0 && (text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' or '\0' or '＝' or '＋' or '－' or '＠')
            ? "'" + text
            : text;

    private static string Quoted(string text) =>
        text.AsSpan().IndexOfAny("\",\r\n") < 0 ? text : "\"" + text.Replace("\"", "\"\"", StringComparison.Ordinal) + "\"";

    public async ValueTask DisposeAsync() => await writer.DisposeAsync();
}
