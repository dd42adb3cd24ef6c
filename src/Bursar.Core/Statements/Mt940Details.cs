using System.Text;

namespace Bursar.Core.Statements;

/// <summary>
/// Field 86, in the three shapes banks give it: subfields "?20…?33" behind a three-digit code, code words between slashes
/// ("/NAME/…/REMI/…"), or free text. What is told apart goes where it belongs; the rest is the description.
/// </summary>
internal static class Mt940Details
{
    /// <summary>SWIFT breaks text at 65 characters, in the middle of words.</summary>
    private const int FullLine = 65;

    private static readonly string[] CodeWords =
    [
        "NAME", "ORDP", "BENM", "IBAN", "ACCT", "BIC", "REMI", "EREF", "KREF", "MARF", "TRTP", "TRCD", "PREF", "RTRN", "CSID", "ISDT",
        "ADDR", "USTD",
    ];

    public static StatementLine Fill(StatementLine line, List<string> lines)
    {
        var first = lines[0];
        if (first.Length > 3 && first[3] == '?' && first.AsSpan(0, 3).IndexOfAnyExceptInRange('0', '9') < 0)
            return Subfields(line, string.Concat(lines));
        var text = Join(lines);
        return CodeWords.Any(w => text.StartsWith($"/{w}/", StringComparison.Ordinal)) ? Words(line, text) : Described(line, text);
    }

    private static string Join(List<string> lines)
    {
        var text = new StringBuilder();
        for (var i = 0; i < lines.Count; i++)
        {
            if (i > 0 && lines[i - 1].Length != FullLine) text.Append(' ');
            text.Append(lines[i]);
        }
        return text.ToString();
    }

    private static StatementLine Subfields(StatementLine line, string text)
    {
        var (remark, name, account) = (new StringBuilder(), new StringBuilder(), "");
        foreach (var part in text.Split('?').Skip(1).Where(p => p.Length >= 2))
        {
            var value = part[2..];
            switch (part[..2])
            {
                // A remark is cut into pieces of 27 characters; it goes on where the piece before ended.
                case ['2', >= '0' and <= '9'] or ['6', >= '0' and <= '3']: remark.Append(value); break;
                case "31": account = value; break;
                case "32" or "33": name.Append(value); break;
                default: break;
            }
        }
        return Described(line, remark.ToString()) with
        {
            Counterparty = StatementText.CleanOrNull(name.ToString()),
            CounterpartyAccount = StatementText.CleanOrNull(account),
        };
    }

    private static StatementLine Words(StatementLine line, string text)
    {
        // Pieces without a word before them hang on an empty one; a word's own text may hold slashes.
        var said = new Dictionary<string, List<string>> { [""] = [] };
        var word = "";
        foreach (var piece in text.Split('/'))
            if (CodeWords.Contains(piece)) said.TryAdd(word = piece, []);
            else said[word].Add(piece);

        string? Said(params ReadOnlySpan<string> words)
        {
            foreach (var w in words)
                if (said.TryGetValue(w, out var own) && StatementText.CleanOrNull(string.Join('/', own).TrimEnd('/')) is { } value)
                    return value;
            return null;
        }
        return Described(line, Said("REMI", "USTD") ?? text) with
        {
            Counterparty = Said("NAME", "ORDP", "BENM"),
            CounterpartyAccount = Said("IBAN", "ACCT"),
            EndToEndId = Said("EREF") ?? line.EndToEndId,
        };
    }

    /// <summary>With what a second line of field 61 said, in front.</summary>
    private static StatementLine Described(StatementLine line, string text) =>
        line with { Description = StatementText.Clean($"{line.Description} {text}") };
}
