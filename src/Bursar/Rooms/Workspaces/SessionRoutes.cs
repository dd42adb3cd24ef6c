using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Http;

namespace Bursar.Rooms.Workspaces;

/// <summary>/v1/sessions: sign in, see and end one's own sessions, step up. A key has no session and needs none.</summary>
public static class SessionRoutes
{
    /// <summary>Password and code as far as known: a password alone with a channel asks for a code.</summary>
    public sealed record StepUpRequest(string? Password = null, string? Code = null, CodeChannel? Channel = null);

    /// <summary>What the session has proved now, and where a code is on its way.</summary>
    public sealed record StepUpAnswer(IReadOnlyList<string> Proved, CodeSent? Sent);

    public sealed record Ended(int Sessions);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/sessions", Start)
            .Describe<SignInRequest, SignedIn>("Sign in", new SignInRequest("ada@example.com", "a long password"), 201, isPublic: true);
        routes.MapGet("/v1/sessions", (HttpContext http, Sessions sessions) => Api.Call<Page<SessionResource>>(http, async actor =>
            actor.Kind == PrincipalKind.Member ? new Page<SessionResource>(await sessions.List(actor.Person!.Value, actor.Credential), null)
                : MembersOnly()))
            .Describe<Page<SessionResource>>("List own sessions");
        routes.MapDelete("/v1/sessions", (HttpContext http, OwnAccount own) =>
            Api.Call<Ended>(http, actor => AsMember(actor, self => EndAll(self, own))))
            .Describe<Ended>("Sign out everywhere");
        routes.MapDelete("/v1/sessions/{id}", (HttpContext http, string id, OwnAccount own) =>
            Api.Call<Ended>(http, actor => AsMember(actor, self => EndOne(self, id, own))))
            .Describe<Ended>("End a session");
        routes.MapDelete("/v1/sessions/current", (Delegate)((HttpContext http) => WithSession(http, End))).DescribeEmpty("Sign out");
        routes.MapPost("/v1/sessions/current/step-up", (Delegate)((HttpContext http) => WithSession(http, StepUp)))
            .Describe<StepUpRequest, StepUpAnswer>("Step up", new StepUpRequest("a long password"));
    }

    private static async Task Start(HttpContext http, SignIn signIn)
    {
        var request = await Bodies.Read<SignInRequest>(http);
        if (!request.Ok) { await Problems.Write(http, request.Error); return; }
        var answer = await signIn.Handle(request.Value, SignInForms.CallerOf(http));
        if (!answer.Ok) { await Problems.Write(http, answer.Error); return; }
        Room.SetCookie(http, answer.Value.Cookie);
        await Api.WriteJson(http, 201, Json.Write(answer.Value.Answer));
    }

    /// <summary>Ends one of the person's own sessions, and says so in the audit.</summary>
    public static Task<Result<Ended>> EndOne(Self self, string id, OwnAccount own) => Ends(self, own,
        async scope => SessionId.TryParse(id, out var session)
            ? await Sessions.End(scope.Connection, scope.Person, session) : 0, missing: true);

    /// <summary>Sign out everywhere, here too.</summary>
    public static Task<Result<Ended>> EndAll(Self self, OwnAccount own) =>
        Ends(self, own, scope => Sessions.EndAll(scope.Connection, scope.Person));

    private static Task<Result<Ended>> Ends(Self self, OwnAccount own, Func<OwnScope, Task<int>> end, bool missing = false) =>
        own.Change<Ended>(self, "member.sessions_ended", new { }, async scope =>
        {
            var count = await end(scope);
            return count == 0 && missing ? Errors.Missing() : new Ended(count);
        });

    private static async Task<Result<Ended>> AsMember(Actor actor, Func<Self, Task<Result<Ended>>> end) =>
        actor.Kind == PrincipalKind.Member ? await end(Self.Of(actor)) : MembersOnly();

    private static async Task WithSession(HttpContext http, Func<HttpContext, Session, Task> handle)
    {
        if (await http.RequestServices.GetRequiredService<Sessions>().Of(http) is not { } session)
            await Problems.Write(http, new Error(Errors.AuthenticationRequired, "There is no session."));
        else if (!session.Accepts(http.Request.Headers["X-CSRF-Token"].ToString()))
            await Problems.Write(http, new Error(Errors.CsrfTokenInvalid, "Send the session's csrfToken as X-CSRF-Token."));
        else await handle(http, session);
    }

    private static async Task End(HttpContext http, Session session)
    {
        await http.RequestServices.GetRequiredService<Sessions>().End(session.TokenHash);
        http.Response.StatusCode = 204;
    }

    private static async Task StepUp(HttpContext http, Session session)
    {
        var request = await Bodies.Read<StepUpRequest>(http);
        var answer = request.Ok ? await StepUp(http, session, request.Value) : request.Error;
        if (answer.Ok) await Api.WriteJson(http, 200, Json.Write(answer.Value));
        else await Problems.Write(http, answer.Error);
    }

    private static async Task<Result<StepUpAnswer>> StepUp(HttpContext http, Session session, StepUpRequest request)
    {
        var (stepUps, peer) = (http.RequestServices.GetRequiredService<StepUps>(), Callers.Peer(http));
        var proved = session.Proved;
        if (request.Password is null && request.Code is null && !proved.HasFlag(Proof.Password))
            return Errors.Field("/password", "required", "Send the password.");
        if (request.Password is { } password)
        {
            var shown = await stepUps.ProvePassword(session, password, peer);
            if (!shown.Ok) return shown.Error;
            proved |= shown.Value;
        }
        if (request.Code is { } code)
        {
            var shown = await stepUps.ProveCode(session, code, StepUps.NextAct, peer);
            if (!shown.Ok) return shown.Error;
            proved |= shown.Value;
        }
        else if (request.Channel is { } channel)
        {
            var sent = await stepUps.SendCode(session, channel, StepUps.NextAct);
            return sent.Ok ? new StepUpAnswer(Names(proved), sent.Value) : sent.Error;
        }
        return new StepUpAnswer(Names(proved), null);
    }

    private static List<string> Names(Proof proved) =>
        [.. new[] { Proof.Password, Proof.Code }.Where(p => proved.HasFlag(p)).Select(p => Json.Name(p))];

    private static Error MembersOnly() => new(Errors.PermissionDenied, "Only a member has sessions.");
}
