using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bursar.Core.Access;
using Bursar.Core.Time;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Dapper;
using Npgsql;

namespace Bursar.Platform.Audit;

/// <summary>A signed head: after this entry, at the end of this day (UTC), the book's chain stood at this hash.</summary>
public sealed record SignedHead
{
    public Guid WorkspaceId { get; init; }
    public short Mode { get; init; }
    public DateOnly Day { get; init; }
    public long Position { get; init; }
    public required byte[] Head { get; init; }
    public required byte[] Signature { get; init; }

    /// <summary>
    /// What is signed: one line each of version, book, day, position, head, and the signature of the head before (docs/api/audit.md).
    /// </summary>
    public byte[] Signed(byte[] before) => Encoding.ASCII.GetBytes(string.Join('\n', "bursar journal head v1", new WorkspaceId(WorkspaceId),
        Json.Name((Mode)Mode), Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), Position.ToString(CultureInfo.InvariantCulture),
        Convert.ToHexStringLower(Head), Convert.ToHexStringLower(before), ""));
}

/// <summary>
/// Signs each book's head once a day has ended, with an ECDSA P-256 key that lies sealed in the database: whoever can write there but has
/// no key file can neither rewrite a signed day nor sign another history.
/// </summary>
public sealed class DailyHeads(Database database, Sealer sealer, TimeProvider time)
{
    /// <summary>As openssl writes and reads them.</summary>
    private const DSASignatureFormat Form = DSASignatureFormat.Rfc3279DerSequence;
    private const string KeyName = "audit-key";
    private const string StoredKey = "select value from installation_secrets where name = @KeyName";
    private const int BooksMax = 500;

    /// <summary>What was asked for before midnight is booked as of then, up to seconds after it.</summary>
    private static readonly TimeSpan Stragglers = TimeSpan.FromMinutes(5);
    private ECDsa? key;

    /// <summary>
    /// Signs every ended day that has unsigned entries, as seen at <paramref name="now"/>; returns how many heads it signed.
    /// </summary>
    public async Task<int> Sign(DateTimeOffset now, CancellationToken ct)
    {
        var today = new DateTimeOffset((now - Stragglers).UtcDateTime.Date, TimeSpan.Zero);
        var signer = await Key(ct);
        await using var connection = await database.Engine.OpenConnectionAsync(ct);
        var signed = 0;
        for (var (found, before) = (BooksMax, -1); found == BooksMax && signed > before;)
        {
            before = signed;
            // The newest entry before today, of books that have one behind their last signed position.
            var due = (await connection.QueryAsync<Due>("""
                select b.workspace_id, b.mode, j.position, j.hash as head, (j.booked_at at time zone 'UTC')::date as day,
                    h.signature as before
                from books b
                left join lateral (select position, signature from journal_heads h where h.workspace_id = b.workspace_id and h.mode = b.mode
                    order by h.day desc limit 1) h on true
                join lateral (select position, hash, booked_at from journal j where j.workspace_id = b.workspace_id and j.mode = b.mode
                    and j.position > coalesce(h.position, 0) and j.booked_at < @today order by j.position desc limit 1) j on true
                where b.journal_position > coalesce(h.position, 0)
                limit @BooksMax
                """, new { today, BooksMax })).AsList();
            found = due.Count;
            foreach (var book in due)
            {
                var head = new SignedHead
                {
                    WorkspaceId = book.WorkspaceId,
                    Mode = book.Mode,
                    Day = book.Day,
                    Position = book.Position,
                    Head = book.Head,
                    Signature = [],
                };
                signed += await connection.ExecuteAsync("""
                    insert into journal_heads (workspace_id, mode, day, position, head, signature, signed_at)
                    values (@WorkspaceId, @Mode, @Day, @Position, @Head, @signature, @at) on conflict do nothing
                    """, new
                {
                    head.WorkspaceId,
                    head.Mode,
                    head.Day,
                    head.Position,
                    head.Head,
                    signature = signer.SignData(head.Signed(book.Before ?? []), HashAlgorithmName.SHA256, Form),
                    at = time.NowMicros(),
                });
            }
        }
        return signed;
    }

    /// <summary>
    /// How many heads do not verify: a wrong signature, an entry that is not what was signed, or a day that ended while the
    /// book went on and yet has no head. Needs the key file, which is the point: the database alone cannot vouch for itself.
    /// </summary>
    public async Task<long> Broken(NpgsqlConnection connection, CancellationToken ct = default)
    {
        var begun = await connection.ExecuteScalarAsync<string?>(StoredKey, new { KeyName });
        if (begun is null) return 0;
        using var own = Open(begun);
        var broken = await connection.ExecuteScalarAsync<long>("""
            select (select count(*) from journal_heads h
                left join journal j on j.workspace_id = h.workspace_id and j.mode = h.mode and j.position = h.position
                where j.hash is distinct from h.head)
                + (select count(*) from books b
                    left join (select workspace_id, mode, max(position) as position from journal_heads group by 1, 2) h
                        using (workspace_id, mode)
                    join lateral (select booked_at from journal j where j.workspace_id = b.workspace_id and j.mode = b.mode
                        order by position desc limit 1) newest on true
                    where exists (select from journal j where j.workspace_id = b.workspace_id and j.mode = b.mode
                        and j.position > coalesce(h.position, 0)
                        and j.booked_at < date_trunc('day', newest.booked_at - interval '1 hour', 'UTC')))
            """, commandTimeout: 0);
        await using var command = new NpgsqlCommand(
            "select workspace_id, mode, day, position, head, signature from journal_heads order by workspace_id, mode, day", connection)
        { CommandTimeout = 0 };
        await using var reader = await command.ExecuteReaderAsync(ct);
        SignedHead? last = null;
        while (await reader.ReadAsync(ct))
        {
            var head = new SignedHead
            {
                WorkspaceId = reader.GetGuid(0),
                Mode = reader.GetInt16(1),
                Day = reader.GetFieldValue<DateOnly>(2),
                Position = reader.GetInt64(3),
                Head = reader.GetFieldValue<byte[]>(4),
                Signature = reader.GetFieldValue<byte[]>(5),
            };
            var before = last is not null && last.WorkspaceId == head.WorkspaceId && last.Mode == head.Mode ? last.Signature : [];
            if (!own.VerifyData(head.Signed(before), head.Signature, HashAlgorithmName.SHA256, Form)) broken++;
            last = head;
        }
        return broken;
    }

    /// <summary>
    /// The newest head of a book, the text that was signed, and the public key (SubjectPublicKeyInfo) that an auditor checks it with.
    /// </summary>
    public async Task<(SignedHead Head, string Text, byte[] PublicKey)?> Newest(BookKey book, CancellationToken ct)
    {
        var heads = await database.Query<SignedHead>(book, """
            select workspace_id, mode, day, position, head, signature from journal_heads
            where workspace_id = @workspace and mode = @mode order by day desc limit 2
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode }, ct);
        if (heads.Count == 0) return null;
        var text = Encoding.ASCII.GetString(heads[0].Signed(heads.Count > 1 ? heads[1].Signature : []));
        return (heads[0], text, (await Key(ct)).ExportSubjectPublicKeyInfo());
    }

    private async Task<ECDsa> Key(CancellationToken ct)
    {
        if (key is not null) return key;
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await using var connection = await database.Engine.OpenConnectionAsync(ct);
        await connection.ExecuteAsync("""
            insert into installation_secrets (name, value, created_at) values (@KeyName, @value, @at) on conflict (name) do nothing
            """, new { KeyName, value = sealer.Seal(Convert.ToBase64String(made.ExportPkcs8PrivateKey())), at = time.NowMicros() });
        // Another process or thread may have been first: the stored one is the key.
        return key = Open((await connection.ExecuteScalarAsync<string>(StoredKey, new { KeyName }))!);
    }

    private ECDsa Open(string sealedKey)
    {
        var opened = ECDsa.Create();
        opened.ImportPkcs8PrivateKey(Convert.FromBase64String(sealer.Unseal(sealedKey)), out _);
        return opened;
    }

    private sealed record Due
    {
        public Guid WorkspaceId { get; init; }
        public short Mode { get; init; }
        public long Position { get; init; }
        public required byte[] Head { get; init; }
        public DateOnly Day { get; init; }
        public byte[]? Before { get; init; }
    }
}

/// <summary>Looks every ten minutes whether a day has ended.</summary>
public sealed class SignHeads(DailyHeads heads, TimeProvider time)
    : Books.PeriodicPass("signing journal heads", TimeSpan.FromMinutes(10), time)
{
    protected override Task Pass(CancellationToken ct) => heads.Sign(Time.GetUtcNow(), ct);
}
