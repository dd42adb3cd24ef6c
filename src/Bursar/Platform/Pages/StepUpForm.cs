using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Languages;
using Bursar.Platform.Ui;

namespace Bursar.Platform.Pages;

/// <summary>
/// Step-up on the spot: where an act asks for more than a session, its form comes back as a page that asks for the password or a code and
/// carries everything that was typed. Posting that page proves, then does the act; nothing is kept on the server in between.
/// </summary>
public static class StepUpForm
{
    public const string Password = "stepUp.password";
    public const string Code = "stepUp.code";
    public const string Channel = "stepUp.channel";
    public const string Again = "stepUp.again";
    /// <summary>The act that the code was sent for, in words; a code shown with other words is wrong.</summary>
    public const string Act = "stepUp.act";

    /// <summary>Takes what the step-up page asked for, before the act is tried again.</summary>
    public static async Task Take(PagePost post)
    {
        var (password, code) = (post.Form[Password].ToString(), post.Text(Code));
        if (post.Form.ContainsKey(Again) || (!post.Form.ContainsKey(Password) && !post.Form.ContainsKey(Code))) return;
        var session = await post.Session();
        var (stepUps, peer) = (Get<StepUps>(post), Callers.Peer(post.Http));
        var asksPassword = post.Form.ContainsKey(Password);
        var act = post.Form[Act].ToString();
        var proved = asksPassword ? await stepUps.ProvePassword(session, password, peer)
            : await stepUps.ProveCode(session, code, act, peer);
        post.ProofProblem = proved.Ok ? null : proved.Error;
        // A wrong answer does no act, not even one that an earlier answer would still allow.
        var left = asksPassword ? Proof.None : post.Page.Me.Proved & ~Proof.Code;
        Now(post.Page, proved.Ok ? proved.Value : left, proved.Ok && !asksPassword ? act : null);
    }

    private static void Now(PageContext page, Proof proved, string? act)
    {
        if (page.Actor is { } member) page.Actor = member with { Proved = proved, ProvedFor = act };
        else page.Operator = page.Operator! with { Proved = proved };
    }

    /// <summary>
    /// Answers with the page that asks. The code is sent when the page asks for it first, and again when somebody says so.
    /// </summary>
    public static async Task Ask(PagePost post, Error missing)
    {
        var needs = (string[])missing.Extra["needs"]!;
        var session = await post.Session();
        var ways = await Get<StepUps>(post).Ways(session.Person);
        var channel = Json.TryParse<CodeChannel>(post.Text(Channel), out var wanted) && ways.Channels.Contains(wanted) ? wanted
            : ways.Channels[0];
        var asksPassword = needs.Contains("password") && !post.Page.Me.Proved.HasFlag(Proof.Password);
        var act = missing.Act!;
        var with = new Dictionary<string, object>
        {
            ["Why"] = Language.T(missing.Said),
            ["What"] = act.ToString(),
            ["Act"] = post.Http.Request.Path + post.Http.Request.QueryString,
            ["Fields"] = Carried(post.Form),
            ["AsksPassword"] = asksPassword,
            ["AsksCode"] = needs.Contains("code"),
            ["Ways"] = ways,
            ["Channel"] = channel,
        };
        var problem = post.ProofProblem;
        // A code that was right and does not do was for another act: this one gets its own.
        var waits = post.Form.ContainsKey(Code) && !post.Form.ContainsKey(Again) && problem is not null;
        if (!asksPassword && channel != CodeChannel.App && !waits)
        {
            var sent = await Get<StepUps>(post).SendCode(session, channel, act);
            if (sent.Ok) with["Sent"] = sent.Value;
            else problem ??= sent.Error;
        }
        // The page's inputs are named apart from the act's own.
        IEnumerable<FieldError> fields = problem?.Fields ?? [];
        post.Page.Error = problem is null ? null : problem with
        { Fields = [.. fields.Select(f => f with { Field = "/stepUp" + f.Field })] };
        post.Http.Response.StatusCode = problem?.Code.Status ?? missing.Code.Status;
        post.Http.Response.Headers.CacheControl = "no-store";
        await PageDoor.Show(post.Http, typeof(StepUpPage), with);
    }

    /// <summary>
    /// The act's own fields: neither ours, nor the antiforgery token (the page gets a new one), nor a password, which is typed again.
    /// </summary>
    private static List<KeyValuePair<string, string>> Carried(IFormCollection form) =>
        [.. form.Where(f => !f.Key.StartsWith("stepUp.", StringComparison.Ordinal) && !f.Key.StartsWith("__", StringComparison.Ordinal)
                && !f.Key.Contains("password", StringComparison.OrdinalIgnoreCase))
            .SelectMany(f => f.Value.Select(v => KeyValuePair.Create(f.Key, v ?? "")))];

    private static T Get<T>(PagePost post) where T : notnull => post.Http.RequestServices.GetRequiredService<T>();
}
