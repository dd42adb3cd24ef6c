using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;

namespace Bursar.Platform.Messages;

/// <summary>
/// E-mail through the operator's mail server: STARTTLS unless BURSAR_SMTP_TLS says off, plain text, one recipient, at most one file.
/// </summary>
public sealed class SmtpSender(SmtpSettings settings) : IMessageSender
{
    private static readonly TimeSpan TotalMax = TimeSpan.FromSeconds(20);

    public MessageChannel Channel => MessageChannel.Email;

    public async Task<SendAnswer> Send(Guid id, OutgoingMessage message, MailFile? file, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(TotalMax);
        using var client = new SmtpClient(settings.Host, settings.Port) { EnableSsl = settings.Tls };
        if (settings.User is not null) client.Credentials = new NetworkCredential(settings.User, settings.Password);
        using var mail = new MailMessage(new MailAddress(settings.From, "Bursar"), new MailAddress(message.To))
        {
            Subject = message.Subject,
            SubjectEncoding = Encoding.UTF8,
            Body = message.Text,
            BodyEncoding = Encoding.UTF8,
            BodyTransferEncoding = TransferEncoding.QuotedPrintable,
        };
        // The mail disposes of it.
        if (file is not null)
            mail.Attachments.Add(new Attachment(new MemoryStream(file.Pdf), $"{file.Name}.pdf", MediaTypeNames.Application.Pdf));
        mail.Headers["Message-ID"] = $"<{id:N}@{settings.From[(settings.From.IndexOf('@', StringComparison.Ordinal) + 1)..]}>";
        mail.Headers["Auto-Submitted"] = "auto-generated";
        try
        {
            await client.SendMailAsync(mail, limit.Token);
            return SendAnswer.Taken;
        }
        catch (SmtpException e)
        {
            // 5xx is a no; everything else (also no answer, which the framework calls general failure) may go better later.
            var status = (int)e.StatusCode;
            return status > 0 ? new SendAnswer($"The mail server answered {status}.", Final: status >= 550)
                : new SendAnswer("The mail server could not be reached.");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return new SendAnswer("The mail server gave no answer within 20 seconds.");
        }
    }
}
