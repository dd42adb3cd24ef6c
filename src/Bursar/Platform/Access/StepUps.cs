using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.Access;

/// <summary>The ways by which a person can get a code now, the one they chose first.</summary>
public sealed record CodeWays(IReadOnlyList<CodeChannel> Channels, string Email, string? Phone)
{
    public string To(CodeChannel channel) => channel == CodeChannel.Email ? Email : Phone!;
}

/// <summary>
/// Step-up (PRODUCT W7): a session proves again who sits before it. The password counts for ten minutes, a one-time code for one act within
/// five; both are the session's own and end with it. Wrong ones count as wrong tries to sign in.
/// </summary>
public sealed class StepUps(
    Database database, Passwords passwords, SignInTries tries, SecondFactors factors, OneTimeCodes codes, Sessions sessions)
{
    private const string Purpose = "step_up";
    /// <summary>What a code is for that a program asks for before it says which act comes.</summary>
    public const string NextAct = "do the next thing that asks for a code";

    public Task<Result<Proof>> ProvePassword(PersonSession session, string password, string peer) =>
        tries.Try<Proof>(session.Email, peer, async () =>
    {
        string? hash;
        await using (var connection = await database.Engine.OpenConnectionAsync())
            hash = await connection.ExecuteScalarAsync<string>("select password_hash from persons where person_id = @Person",
                new { session.Person });
        if (!await passwords.Verify(hash, password))
            return new Error(Errors.OtpInvalid, "This is not your password.")
            { Fields = [new("/password", "invalid", "This is not your password.")] };
        await sessions.Prove(session.Id, Proof.Password);
        return session.Proved | Proof.Password;
    });

    /// <summary>
    /// Takes a code of the app, or one that was sent for <paramref name="act"/>. For <see cref="NextAct"/> the session remembers it; for a
    /// named act it is worth that one, in the request that brought it.
    /// </summary>
    public Task<Result<Proof>> ProveCode(PersonSession session, string code, string act, string peer) =>
        tries.Try<Proof>(session.Email, peer, async () =>
    {
        var right = await codes.Take(new CodePurpose(session.Person, session.Id, Purpose, act), code) is not null
            || await factors.Take(session.Person, code, recovery: false);
        if (!right)
            return new Error(Errors.OtpInvalid, "This code is not right, has expired or was used already.")
            {
                Fields = [new("/code", "invalid", "This code is not right, has expired or was used already.")],
            };
        if (act == NextAct) await sessions.Prove(session.Id, Proof.Code);
        return session.Proved | Proof.Code;
    });

    /// <summary>Sends a code for an act; by the app nothing is sent.</summary>
    public async Task<Result<CodeSent>> SendCode(PersonSession session, CodeChannel channel, Phrase act)
    {
        var ways = await Ways(session.Person);
        if (!ways.Channels.Contains(channel))
            return Errors.Field("/channel", "unavailable", "No code can reach you this way: see your profile.");
        if (channel == CodeChannel.App) return Errors.Field("/channel", "unavailable", "Nothing is sent: the app shows the code.");
        return await codes.Send(new CodePurpose(session.Person, session.Id, Purpose, act), channel, ways.To(channel));
    }

    public async Task<CodeWays> Ways(Guid person)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        var row = await connection.QuerySingleAsync<Row>("""
            select p.email, case when p.phone_confirmed_at is not null then p.phone end as phone, p.code_channel as chosen,
                exists (select from second_factors f where f.person_id = p.person_id and f.confirmed_at is not null) as app
            from persons p where p.person_id = @person
            """, new { person });
        CodeChannel[] all = [CodeChannel.App, CodeChannel.Whatsapp, CodeChannel.Sms, CodeChannel.Email];
        var chosen = Json.Parse<CodeChannel>(row.Chosen);
        var open = all.Where(c => c switch { CodeChannel.Email => true, CodeChannel.App => row.App, _ => row.Phone is not null });
        return new CodeWays([.. open.OrderBy(c => c != chosen)], row.Email, row.Phone);
    }

    private sealed record Row
    {
        public required string Email { get; init; }
        public string? Phone { get; init; }
        public required string Chosen { get; init; }
        public bool App { get; init; }
    }
}
