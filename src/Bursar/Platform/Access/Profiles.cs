using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Platform.Data;
using Bursar.Platform.Messages;
using Dapper;

namespace Bursar.Platform.Access;

/// <summary>
/// A person as they see themselves. A phone that is not confirmed gets no codes. <paramref name="DateOrder"/> (dmy, mdy, ymd) and
/// <paramref name="ClockHours"/> (12, 24) and <paramref name="Language"/> (en, id) are null where the person reads as the workspace does.
/// </summary>
public sealed record Profile(
    string Name, string Email, string? Phone, bool PhoneConfirmed, CodeChannel Channel, string? DateOrder, short? ClockHours,
    string? Language);

/// <summary>One's own name, password, phone and way for codes; apart from any role.</summary>
public sealed class Profiles(
    Database database, OwnAccount own, Passwords passwords, SignInTries tries, OneTimeCodes codes, StepUps stepUps, Sessions sessions,
    OperatorSessions operators, MessageQueue messages)
{
    private const string PhonePurpose = "phone";

    public async Task<Profile> Of(Guid person)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        var row = await connection.QuerySingleAsync<Row>("""
            select name, email, phone, phone_confirmed_at is not null as phone_confirmed, code_channel as channel, date_order,
                clock_hours, language
            from persons where person_id = @person
            """, new { person });
        return new Profile(row.Name, row.Email, row.Phone, row.PhoneConfirmed, Json.Parse<CodeChannel>(row.Channel),
            row.DateOrder, row.ClockHours, row.Language);
    }

    public Task<Result<Profile>> Rename(Actor actor, string name)
    {
        if (PlainText.Problem(name, 1, 80) is { } problem)
            return Task.FromResult<Result<Profile>>(Errors.Field("/name", "invalid", problem));
        return Change(actor, "member.renamed", new { name }, "update persons set name = @name where person_id = @person", new { name });
    }

    /// <summary>How words, dates and times are written for this person, in every workspace; null is as the workspace does.</summary>
    public Task<Result<Profile>> ReadAs(Actor actor, string? language, string? dateOrder, short? clockHours)
    {
        if (dateOrder is not (null or "dmy" or "mdy" or "ymd"))
            return Task.FromResult<Result<Profile>>(Errors.Field("/dateOrder", "invalid", "Choose one."));
        if (clockHours is not (null or 12 or 24))
            return Task.FromResult<Result<Profile>>(Errors.Field("/clockHours", "invalid", "Choose one."));
        if (language is not (null or "en" or "id"))
            return Task.FromResult<Result<Profile>>(Errors.Field("/language", "invalid", "Choose one."));
        return Change(actor, "member.reading_changed", new { language, dateOrder, clockHours },
            "update persons set language = @language, date_order = @dateOrder, clock_hours = @clockHours where person_id = @person",
            new { language, dateOrder, clockHours });
    }

    /// <summary>Which way codes come; only one that can reach the person now.</summary>
    public async Task<Result<Profile>> ChooseChannel(Actor actor, CodeChannel channel)
    {
        if (actor.Require(Proof.Password, "change how codes reach you") is { } missing) return missing;
        if (!(await stepUps.Ways(actor.Person!.Value)).Channels.Contains(channel))
            return Errors.Field("/codeChannel", "unavailable", channel == CodeChannel.App ? "Set up the authenticator app first."
                : "Confirm your phone number first.");
        return await Change(actor, "member.code_channel_changed", new { channel },
            "update persons set code_channel = @channel where person_id = @person",
            new { channel = Json.Name(channel) });
    }

    /// <summary>Sends a code to a new number; the number counts once the code came back.</summary>
    public async Task<Result<CodeSent>> SendPhoneCode(Actor actor, string phone, CodeChannel channel)
    {
        if (PlainText.Phone(phone) is not { } number)
            return Errors.Field("/phone", "invalid", "Write the number with its country: +62 812 3456 7890.");
        if (channel is not (CodeChannel.Sms or CodeChannel.Whatsapp)) return Errors.Field("/channel", "invalid", "Choose SMS or WhatsApp.");
        if (actor.Require(Proof.Password, "change your phone number") is { } missing) return missing;
        return await codes.Send(Purpose(actor), channel, number);
    }

    public async Task<Result<Profile>> ConfirmPhone(Actor actor, string code)
    {
        if (await codes.Take(Purpose(actor), code) is not { } phone)
            return Errors.Field("/code", "invalid", "This code is not right, has expired or was used already.");
        return await Change(actor, "member.phone_confirmed", new { phone = OneTimeCodes.Masked(phone) },
            "update persons set phone = @phone, phone_confirmed_at = @at where person_id = @person", new { phone });
    }

    /// <summary>Every session ends and this one is replaced; answers the new one's cookie. Keys go on working.</summary>
    public async Task<Result<string>> ChangePassword(PersonSession session, Self self, string current, string next, Caller caller)
    {
        if (passwords.Problem(next) is { } weak) return Errors.Field("/newPassword", "weak", weak);
        return await tries.Try<string>(session.Email, caller.Peer, async () =>
        {
            string? known;
            await using (var connection = await database.Engine.OpenConnectionAsync())
                known = await connection.ExecuteScalarAsync<string>("select password_hash from persons where person_id = @Person",
                    new { session.Person });
            if (!await passwords.Verify(known, current))
                return new Error(Errors.OtpInvalid, "This is not your password.")
                { Fields = [new("/currentPassword", "invalid", "This is not your password.")] };
            var hash = await passwords.Hash(next);
            var changed = await own.Change(self, "member.password_changed", new { }, async scope =>
            {
                await scope.Execute("""
                    update persons set password_hash = @hash where person_id = @person;
                    delete from sessions where person_id = @person;
                    delete from password_links where person_id = @person
                    """, new { hash });
                await messages.Send(scope.Connection, await PasswordLinks.Changed(scope.Connection, session.Email));
                return (Result<bool>)true;
            });
            if (!changed.Ok) return changed.Error;
            if (session is Session member)
                return await sessions.Start(session.Person, member.Workspace, member.Member, caller.Peer, caller.Agent);
            return await operators.Start(session.Person, caller.Peer, caller.Agent) is { } cookie ? cookie : Errors.Missing();
        });
    }

    private static CodePurpose Purpose(Actor actor) =>
        new(actor.Person!.Value, actor.Credential, PhonePurpose, "confirm this phone number");

    private async Task<Result<Profile>> Change(Actor actor, string type, object data, string sql, object args)
    {
        var changed = await own.Change(Self.Of(actor), type, data, async scope =>
        {
            await scope.Execute(sql, args);
            return (Result<bool>)true;
        });
        return changed.Ok ? await Of(actor.Person!.Value) : changed.Error;
    }

    private sealed record Row
    {
        public required string Name { get; init; }
        public required string Email { get; init; }
        public string? Phone { get; init; }
        public bool PhoneConfirmed { get; init; }
        public required string Channel { get; init; }
        public string? DateOrder { get; init; }
        public short? ClockHours { get; init; }
        public string? Language { get; init; }
    }
}
