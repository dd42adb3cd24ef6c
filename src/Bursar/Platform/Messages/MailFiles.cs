using System.Globalization;
using Bursar.Core.Access;

namespace Bursar.Platform.Messages;

/// <summary>A PDF that goes with a mail, named without its extension.</summary>
public sealed record MailFile(string Name, byte[] Pdf);

/// <summary>
/// Names what goes with a mail. It is made when the mail goes: no copy of it waits anywhere, and it says what a download of that moment
/// says (decision 58).
/// </summary>
public sealed record MailFileOf(string Kind, BookKey Book, Guid Subject)
{
    /// <summary>As a message keeps it until it is sent.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Kind} {Book.Workspace.Value:N} {(short)Book.Mode} {Subject:N}");

    public static MailFileOf Parse(string kept)
    {
        var parts = kept.Split(' ');
        return new(parts[0], new BookKey(new(Guid.Parse(parts[1])), (Mode)short.Parse(parts[2], CultureInfo.InvariantCulture)),
            Guid.Parse(parts[3]));
    }
}

/// <summary>Makes the files of one kind.</summary>
public interface IMailFileMaker
{
    string Kind { get; }

    /// <summary>Null when there is nothing to send any more.</summary>
    Task<MailFile?> Make(BookKey book, Guid subject);
}

public sealed class MailFiles(IEnumerable<IMailFileMaker> makers)
{
    /// <summary>A larger one stays behind: mail servers refuse the whole message for it, and the text says the same.</summary>
    private const int BytesMax = 2 * 1024 * 1024;

    private readonly Dictionary<string, IMailFileMaker> makers = makers.ToDictionary(m => m.Kind);

    public async Task<MailFile?> Make(MailFileOf wanted) =>
        await makers[wanted.Kind].Make(wanted.Book, wanted.Subject) is { } file && file.Pdf.Length <= BytesMax ? file : null;
}
