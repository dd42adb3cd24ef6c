using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Languages;

namespace Bursar.Platform.Messages;

public enum MessageChannel { Email, Sms, WhatsApp }

/// <summary>
/// One message to one person: <paramref name="To"/> is an e-mail address, or a telephone number as +6281234567890. A subject is a mail's
/// only and becomes one line, whatever it holds. Text of at most 4,000 characters; it is sealed until it is sent, then gone.
/// </summary>
public sealed record OutgoingMessage(MessageChannel Channel, string To, string Subject, string Text)
{
    public const int TextMax = 4000;
    private const int SubjectMax = 200;

    /// <summary>Of an e-mail: what goes with it.</summary>
    public MailFileOf? File { get; init; }

    /// <summary>After this it is of no use any more and is dropped instead of sent.</summary>
    public TimeSpan Life { get; init; } = TimeSpan.FromDays(1);

    /// <summary>An e-mail in the language of whoever reads it (<see cref="Readers"/>).</summary>
    public static OutgoingMessage Mail(Language language, string to, Phrase subject, Phrase text) =>
        new(MessageChannel.Email, to, language.Say(subject), language.Say(text));

    /// <summary>The same with nothing that a header or a gateway could trip over. An address that nobody checked is a bug.</summary>
    internal OutgoingMessage Checked()
    {
        Invariant.Hold(Channel == MessageChannel.Email ? PlainText.Email(To) == To : PlainText.Phone(To) == To);
        Invariant.Hold(Text.Length <= TextMax && (File is null || Channel == MessageChannel.Email));
        var seen = Subject.Select(c => PlainText.Problem(c.ToString(), 0, 1) is null || char.IsSurrogate(c) ? c : ' ');
        var line = string.Concat(seen).Trim();
        return this with { Subject = line.Length > SubjectMax ? line[..SubjectMax] : line };
    }
}
