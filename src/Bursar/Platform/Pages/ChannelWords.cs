using Bursar.Platform.Access;
using Bursar.Platform.Languages;
using Bursar.Platform.Ui;

namespace Bursar.Platform.Pages;

/// <summary>The ways of one-time codes as people read them.</summary>
public static class ChannelWords
{
    public static string Name(CodeChannel channel) => Language.T(channel switch
    {
        CodeChannel.Email => "e-mail",
        CodeChannel.Sms => "SMS",
        CodeChannel.Whatsapp => "WhatsApp",
        _ => "authenticator app",
    });

    /// <summary>"SMS to …7890".</summary>
    public static string Way(CodeChannel channel, CodeWays ways) =>
        channel == CodeChannel.App ? Name(channel) : Language.T($"{Name(channel)} to {OneTimeCodes.Masked(ways.To(channel))}");
}
