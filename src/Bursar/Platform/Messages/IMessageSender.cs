namespace Bursar.Platform.Messages;

/// <summary>
/// What a sender says of one try. <see cref="Error"/> is null when the message was taken, else our own words: never what was sent,
/// never what the other side wrote. Where <see cref="Final"/> is true, trying again cannot help.
/// </summary>
public readonly record struct SendAnswer(string? Error, bool Final = false)
{
    public static readonly SendAnswer Taken = new(null);
}

/// <summary>A way out for one channel.</summary>
public interface IMessageSender
{
    MessageChannel Channel { get; }

    /// <summary>
    /// Tries once, within 20 seconds. <paramref name="id"/> is the same over all tries: a repetition can be told. A
    /// <paramref name="file"/> comes with e-mails only.
    /// </summary>
    Task<SendAnswer> Send(Guid id, OutgoingMessage message, MailFile? file, CancellationToken ct);
}
