using System.Globalization;
using System.Text.Json;
using Bursar.Core.Access;
using Bursar.Core.Ids;
using Bursar.Core.Results;
using Bursar.Platform.Audit;
using Bursar.Platform.Data;
using Bursar.Platform.Http;

namespace Bursar.Rooms.Workspaces;

/// <summary>
/// One entry of the journal as the audit shows it. <paramref name="Subject"/> is the id of what it is about where that has one outside;
/// <paramref name="Before"/> is the data of the subject's entry before this one, when a single entry is asked for.
/// </summary>
public sealed record AuditEntry(
    long Position, DateTimeOffset At, string Type, bool Public, string? Subject, AuditActor Actor, string Credential, string Peer,
    RequestId RequestId,
    JsonElement Data, JsonElement? Before, string Hash);

public sealed record AuditActor(PrincipalKind Kind, string Id, string Name);

public sealed record AuditVerification(bool Ok, long Entries, string Head, long? BrokenAt, AuditSignature? Signed);

/// <summary>
/// The newest signed head: <paramref name="Text"/> is what was signed, <paramref name="Signature"/> ECDSA P-256 with SHA-256 (DER, base64),
/// <paramref name="PublicKey"/> SubjectPublicKeyInfo (base64). Keep it elsewhere, and a forged past cannot hide.
/// </summary>
public sealed record AuditSignature(DateOnly Day, long Position, string Head, string Text, string Signature, string PublicKey);

/// <summary>The journal, read only: search, one entry with what was before it, and proof that it is whole (PRODUCT W10).</summary>
public sealed partial class AuditReads(Database database, DailyHeads heads)
{
    /// <summary>
    /// A search looks at this many entries at a time, so that no question is too expensive; the cursor goes on from there.
    /// </summary>
    private const int Window = 50_000;
    private const int ChunkMax = 20_000;
    private int verifying;

    public async Task<Result<Page<AuditEntry>>> List(Actor actor, AuditQuery query)
    {
        if (actor.Require(Permission.AccountSettings) is { } denied) return denied;
        var top = query.Before ?? await database.One<long>(actor.Book,
            "select journal_position + 1 from books where workspace_id = @workspace and mode = @mode", Scope(actor));
        var (sql, args) = Statement(actor, query, top, query.Limit);
        var rows = await database.Query<Row>(actor.Book, sql, args);
        var bottom = Bottom(query, top);
        var next = rows.Count == query.Limit ? rows[^1].Position : bottom > 0 ? bottom + 1 : (long?)null;
        return new Page<AuditEntry>([.. rows.Select(r => Entry(r, null))], next?.ToString(CultureInfo.InvariantCulture));
    }

    public async Task<Result<AuditEntry>> Get(Actor actor, long position)
    {
        if (actor.Require(Permission.AccountSettings) is { } denied) return denied;
        var rows = await database.Query<Row>(actor.Book, $"""
            {Select} and j.position = @position
            union all (select * from ({Select} and j.position < @position and (j.subject, split_part(j.type, '.', 1)) =
                (select subject, split_part(type, '.', 1) from journal o where o.workspace_id = @workspace and o.mode = @mode
                    and o.position = @position and o.type <> 'access.refused') order by j.position desc limit 1) earlier)
            """, new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode, position });
        return rows.FirstOrDefault(r => r.Position == position) is { } found
            ? Entry(found, rows.FirstOrDefault(r => r.Position < position))
            : Errors.Missing();
    }

    /// <summary>Every entry that the query matches, newest first, from the snapshot.</summary>
    public async IAsyncEnumerable<AuditEntry> All(Snapshot snapshot, Actor actor, AuditQuery query)
    {
        var top = (await snapshot.Query<long>(
            "select journal_position + 1 from books where workspace_id = @workspace and mode = @mode",
            Scope(actor)))[0];
        while (top > 1)
        {
            var (sql, args) = Statement(actor, query, top, ChunkMax);
            var rows = await snapshot.Query<Row>(sql, args);
            foreach (var row in rows) yield return Entry(row, null);
            top = rows.Count == ChunkMax ? rows[^1].Position : Bottom(query, top) + 1;
        }
    }

    /// <summary>Recomputes the chain from the first entry to the book's head. One at a time in a process: it reads everything.</summary>
    public async Task<Result<AuditVerification>> Verify(Actor actor, CancellationToken ct)
    {
        if (actor.Require(Permission.AccountSettings) is { } denied) return denied;
        if (Interlocked.Exchange(ref verifying, 1) == 1)
            return new Error(Errors.Overloaded, "The journal is being verified already. Try again in a moment.");
        try
        {
            var book = (await database.One<Head>(actor.Book, """
                select journal_position as position, journal_head as hash from books where workspace_id = @workspace and mode = @mode
                """, Scope(actor), ct))!;
            var (at, hash) = (0L, new byte[32]);
            long? broken = null;
            while (at < book.Position && broken is null)
            {
                var to = Math.Min(at + ChunkMax, book.Position);
                var chunk = (await database.One<Chunk>(actor.Book, """
                    select min(x.position) filter (where x.hash <> x.again) as wrong, count(*) as entries, max(x.position) as last,
                        (array_agg(x.hash order by x.position desc))[1] as hash
                    from (select j.position, j.hash, journal_hash(coalesce(lag(j.hash) over (order by j.position), @before), j) as again
                        from journal j
                        where j.workspace_id = @workspace and j.mode = @mode and j.position > @at and j.position <= @to) x
                    """, new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode, before = hash, at, to }, ct))!;
                if (chunk.Wrong is not null || chunk.Entries != to - at || chunk.Last != to) broken = chunk.Wrong ?? at + 1;
                else (at, hash) = (to, chunk.Hash!);
            }
            if (broken is null && !hash.AsSpan().SequenceEqual(book.Hash)) broken = book.Position;
            return new AuditVerification(broken is null, book.Position, Convert.ToHexStringLower(book.Hash),
                broken, await Signed(actor.Book, ct));
        }
        finally
        {
            Volatile.Write(ref verifying, 0);
        }
    }

    private async Task<AuditSignature?> Signed(BookKey book, CancellationToken ct) => await heads.Newest(book, ct) is { } newest
        ? new AuditSignature(newest.Head.Day, newest.Head.Position, Convert.ToHexStringLower(newest.Head.Head), newest.Text,
            Convert.ToBase64String(newest.Head.Signature), Convert.ToBase64String(newest.PublicKey))
        : null;

    /// <summary>What is not narrowed fills its pages at once; what is narrowed may lie far apart and looks at one window.</summary>
    private static long Bottom(AuditQuery query, long top) => query.IsNarrow ? Math.Max(0, top - 1 - Window) : 0;

    private static (string Sql, object Args) Statement(Actor actor, AuditQuery q, long top, int limit) => (Select + """
         and j.position < @top and j.position > @bottom
            and (@from::timestamptz is null or j.booked_at >= @from) and (@to::timestamptz is null or j.booked_at < @to)
            and (@type::text is null or j.type like @type)
            and (@id::uuid is null or @id in (j.subject, j.principal, j.credential, j.request_id, j.event_id))
            and (@text::text is null or j.type ilike @text or j.actor_name ilike @text or j.peer ilike @text or j.data ilike @text)
        order by j.position desc limit @limit
        """, new
    {
        workspace = actor.Book.Workspace.Value,
        mode = (short)actor.Book.Mode,
        top,
        bottom = Bottom(q, top),
        from = q.From,
        to = q.To,
        type = q.Type is null ? null : q.Type + ".%",
        id = q.Id,
        text = q.Text is null ? null : $"%{Pattern().Replace(q.Text, "\\$0")}%",
        limit,
    });

    private const string Select = """
        select j.position, j.booked_at, j.type, j.public, j.subject, j.actor_kind,
             j.principal, j.credential, j.actor_name, j.peer, j.request_id,
            j.data, j.hash
        from journal j where j.workspace_id = @workspace and j.mode = @mode
        """;

    /// <summary>What means something in a LIKE pattern.</summary>
    [System.Text.RegularExpressions.GeneratedRegex(@"[\\%_]")]
    private static partial System.Text.RegularExpressions.Regex Pattern();

    private static object Scope(Actor actor) => new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode };

    private static AuditEntry Entry(Row r, Row? before)
    {
        var kind = (PrincipalKind)r.ActorKind;
        var (who, shown) = kind switch
        {
            PrincipalKind.Member => (new MemberId(r.Principal).ToString(), new SessionId(r.Credential).ToString()),
            PrincipalKind.ApiKey => (new ApiKeyId(r.Principal).ToString(), new ApiKeyId(r.Credential).ToString()),
            _ => ("", ""),
        };
        return new AuditEntry(r.Position, r.BookedAt, r.Type, r.Public, SubjectOf(r), new AuditActor(kind, who, r.ActorName), shown, r.Peer,
            new(r.RequestId), Parsed(r.Data), before is null ? null : Parsed(before.Data), Convert.ToHexStringLower(r.Hash));
    }

    /// <summary>The outside form of what an entry is about, by the first word of its type.</summary>
    private static string? SubjectOf(Row r) => r.Type.Split('.')[0] switch
    {
        "transfer" or "disbursement" or "decision" => new TransferId(r.Subject).ToString(),
        "spend" => new SpendRequestId(r.Subject).ToString(),
        "anomaly" => new AnomalyId(r.Subject).ToString(),
        "top_up" => new TopUpId(r.Subject).ToString(),
        "approval" => new ApprovalId(r.Subject).ToString(),
        "policy" => new PolicyId(r.Subject).ToString(),
        "member" => new MemberId(r.Subject).ToString(),
        "key" when r.Type != "key.shown" => new ApiKeyId(r.Subject).ToString(),
        "webhook_endpoint" => new WebhookEndpointId(r.Subject).ToString(),
        "workspace" or "validation_token" or "agent" => new WorkspaceId(r.Subject).ToString(),
        _ => null,
    };

    private static JsonElement Parsed(string data) => JsonDocument.Parse(data).RootElement;

    private sealed record Row
    {
        public long Position { get; init; }
        public DateTimeOffset BookedAt { get; init; }
        public required string Type { get; init; }
        public bool Public { get; init; }
        public Guid Subject { get; init; }
        public short ActorKind { get; init; }
        public Guid Principal { get; init; }
        public Guid Credential { get; init; }
        public required string ActorName { get; init; }
        public required string Peer { get; init; }
        public Guid RequestId { get; init; }
        public required string Data { get; init; }
        public required byte[] Hash { get; init; }
    }

    private sealed record Head
    {
        public long Position { get; init; }
        public required byte[] Hash { get; init; }
    }

    private sealed record Chunk
    {
        public long? Wrong { get; init; }
        public long Entries { get; init; }
        public long? Last { get; init; }
        public byte[]? Hash { get; init; }
    }
}
