using Bursar.Core.Access;
using Bursar.Core.Results;
using Bursar.Core.Text;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Http;
using Bursar.Platform.Languages;
using Bursar.Platform.Messages;
using Bursar.Platform.Pages;
using Bursar.Platform.Ui;
using Dapper;

namespace Bursar.Rooms.Operator;

/// <summary>An application as the operator sees it. Of an approved one: until when its first Admin can come, null when they have.</summary>
public sealed record ApplicationRow
{
    public Guid ApplicationId { get; init; }
    public required string Business { get; init; }
    public required string Name { get; init; }
    public required string Email { get; init; }
    public string? Phone { get; init; }
    public string? About { get; init; }
    public required string State { get; init; }
    public string Language { get; init; } = "";
    public string? Note { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? DecidedAt { get; init; }
    public bool? LiveActive { get; init; }
    public DateTimeOffset? InvitedUntil { get; init; }

    public ApplicationId Id => new(ApplicationId);
}

/// <summary>The operator who decides, and from where.</summary>
public sealed record Desk(Guid Person, string Name, string Peer, RequestId Request)
{
    public static Desk Of(PagePost post) =>
        new(post.Page.Operator!.Person, post.Page.MemberName, Callers.Peer(post.Http), RequestIds.Of(post.Http));

    public Actor In(BookKey book) => Actor.Operator(book, Name, Person, Peer, Request);
}

/// <summary>
/// Deciding who is let in. An approval makes the workspace, its books and the invitation of its first Admin in one transaction; who decided
/// stands in the application, and in the journal of the workspace that it made.
/// </summary>
public sealed class Applications(
    Database database, Invitations invitations, ControlChanges changes, MessageQueue messages, WorkspaceSetup setup, TimeProvider time)
{
    public const int PageSize = 50;

    /// <summary>Newest first, or for those that wait oldest first: the one that has waited longest is next.</summary>
    public async Task<(IReadOnlyList<ApplicationRow> Rows, bool More)> List(string state, int skip)
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        var rows = (await connection.QueryAsync<ApplicationRow>($"""
            select a.application_id, a.business, a.name, a.email, a.phone, a.about, a.state, a.note, a.created_at, a.decided_at,
                w.live_active, i.expires_at as invited_until
            from applications a
            left join workspaces w on w.workspace_id = a.workspace_id
            left join invitations i on i.workspace_id = a.workspace_id and i.member_id = a.member_id
            where a.state = @state
            order by a.created_at {(state == "waiting" ? "asc" : "desc")}, a.application_id limit @most offset @skip
            """, new { state, most = PageSize + 1, skip })).AsList();
        return (rows.Take(PageSize).ToList(), rows.Count > PageSize);
    }

    public async Task<long> Waiting()
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>("select count(*) from applications where state = 'waiting'");
    }

    public async Task<Result<ApplicationRow>> Approve(Desk desk, ApplicationId id)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (await Take(connection, desk, id, "approved", null) is not { } row) return Decided();
        var now = time.NowMicros();
        var workspace = WorkspaceId.New(now);
        var actor = desk.In(new BookKey(workspace, Mode.Test));
        var by = Invitations.By(actor);
        var asked = new NewMember(row.Email, Role.Admin, row.Name, row.Phone);
        var (admin, token) = await Invitations.Write(connection, workspace, asked, by, now);
        await setup.Open(connection, actor, row.Business, liveActive: false, "free", now,
            [("member.invited", admin.Id.Value, admin)]);
        await connection.ExecuteAsync("""
            update applications set workspace_id = @workspace, member_id = @member where application_id = @id;
            update workspaces set language = @Language where workspace_id = @workspace
            """, new { id = id.Value, workspace = workspace.Value, member = admin.Id.Value, row.Language });
        var invitation = await invitations.Message(connection, admin, workspace, row.Business, by, token);
        if (!await messages.Send(connection, invitation)) return TooMany();
        await transaction.CommitAsync();
        return row;
    }

    public async Task<Result<ApplicationRow>> Refuse(Desk desk, ApplicationId id, string? note)
    {
        if (PlainText.Problem(note, 0, 300) is { } problem) return Errors.Field("/note", "invalid", problem);
        await using var connection = await database.Engine.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        if (await Take(connection, desk, id, "refused", note) is not { } row) return Decided();
        var reason = note is null ? "" : $"\n\n{note}";
        var mail = OutgoingMessage.Mail(Language.Find(row.Language)!, row.Email, $"Your application for {row.Business}",
            $"We cannot open a workspace for {row.Business} at the moment.{reason}\n\nYou are welcome to apply again.");
        if (!await messages.Send(connection, mail)) return TooMany();
        await transaction.CommitAsync();
        return row;
    }

    /// <summary>Sends the first Admin a new link.</summary>
    public async Task<Result<MemberResource>> Resend(Desk desk, ApplicationId id) => await Made(id) is { } made
        ? await invitations.Resend(desk.In(new BookKey(new(made.Workspace), Mode.Test)), new(made.Member)) : Errors.Missing();

    /// <summary>Opens live mode of the workspace that an approval made.</summary>
    public async Task<Result<string>> ActivateLive(Desk desk, ApplicationId id)
    {
        if (await Made(id) is not { } made) return Errors.Missing();
        return await changes.Apply(desk.In(new BookKey(new(made.Workspace), Mode.Live)), Permission.None, bothModes: true, async scope =>
        {
            var name = await scope.Scalar<string>("""
                update workspaces set live_active = true where workspace_id = @workspace and not live_active returning name
                """);
            if (name is null) return new Error(Errors.StateConflict, "Live mode is open already.");
            scope.Book.Record("workspace.live_activated", made.Workspace, 2, new { liveActive = true });
            return (Result<string>)name;
        });
    }

    private async Task<(Guid Workspace, Guid Member)?> Made(ApplicationId id)
    {
        await using var connection = await database.Desk.OpenConnectionAsync();
        return await connection.QuerySingleOrDefaultAsync<(Guid Workspace, Guid Member)?>(
            "select workspace_id, member_id from applications where application_id = @id and state = 'approved'", new { id = id.Value });
    }

    /// <summary>Compare-and-set: of two operators one decides.</summary>
    private async Task<ApplicationRow?> Take(Npgsql.NpgsqlConnection connection, Desk desk, ApplicationId id, string state, string? note) =>
        await connection.QuerySingleOrDefaultAsync<ApplicationRow>("""
            update applications set state = @state, note = @note, decided_by = @Person, decided_at = @now
            where application_id = @id and state = 'waiting'
            returning application_id, business, name, email, phone, about, state, language, note, created_at, decided_at
            """, new { id = id.Value, state, note, desk.Person, now = time.NowMicros() });

    private static Error Decided() => new(Errors.AlreadyResolved, "This application is decided already, or does not exist.");

    private static Error TooMany() =>
        new Error(Errors.RateLimited, "This address got too many messages lately. Try again in an hour.").With("retryAfter", 3600);
}
