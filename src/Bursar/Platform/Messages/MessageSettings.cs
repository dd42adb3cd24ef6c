using System.Globalization;
using Bursar.Core.Text;

namespace Bursar.Platform.Messages;

public sealed record SmtpSettings(string Host, int Port, string From, string? User, string? Password, bool Tls);

public sealed record GatewaySettings(string Url, string? Token);

/// <summary>
/// How messages leave (docs/operating.md). A channel without a sender waits for one; at the first look (<c>up</c>), and only there, it
/// goes into the mailbox page instead.
/// </summary>
public sealed record MessageSettings(
    bool Mailbox, SmtpSettings? Smtp = null, GatewaySettings? Sms = null, GatewaySettings? WhatsApp = null, string? PublicUrl = null)
{
    public static MessageSettings Read(bool firstLook) => new(firstLook, ReadSmtp(),
        Gateway(Value("BURSAR_SMS_URL"), Value("BURSAR_SMS_TOKEN")),
        Gateway(Value("BURSAR_WHATSAPP_URL"), Value("BURSAR_WHATSAPP_TOKEN")), ReadPublicUrl());

    public bool Sends(MessageChannel channel) => channel switch
    {
        MessageChannel.Email => Smtp is not null,
        MessageChannel.Sms => Sms is not null,
        _ => WhatsApp is not null,
    };

    private static SmtpSettings? ReadSmtp()
    {
        if (Value("BURSAR_SMTP_HOST") is not { } host) return null;
        var portText = Value("BURSAR_SMTP_PORT") ?? "587";
        if (!int.TryParse(portText, NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
            throw new InvalidOperationException("BURSAR_SMTP_PORT is not a port number");
        if (PlainText.Email(Value("BURSAR_SMTP_FROM")) is not { } from)
            throw new InvalidOperationException("BURSAR_SMTP_FROM must be the e-mail address that messages come from");
        var tls = Value("BURSAR_SMTP_TLS") ?? "on";
        if (tls is not ("on" or "off")) throw new InvalidOperationException("BURSAR_SMTP_TLS is on or off");
        return new SmtpSettings(host, port, from, Value("BURSAR_SMTP_USER"), Value("BURSAR_SMTP_PASSWORD"), tls == "on");
    }

    private static GatewaySettings? Gateway(string? url, string? token) => url is null ? null : new GatewaySettings(url, token);

    private static string? ReadPublicUrl()
    {
        if (Value("BURSAR_PUBLIC_URL") is not { } text) return null;
        return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Query + uri.Fragment == ""
            ? text.TrimEnd('/') : throw new InvalidOperationException("BURSAR_PUBLIC_URL is not an address such as https://bursar.example");
    }

    private static string? Value(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;
}
