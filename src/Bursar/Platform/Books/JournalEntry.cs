using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Bursar.Core.Access;
using Bursar.Core.Time;
using Bursar.Platform.Data;
using Npgsql;

namespace Bursar.Platform.Books;

/// <summary>
/// One fact of a book, immutable. Public ones are the event feed and go to webhooks; internal ones are audit only.
/// <see cref="Hash"/> covers the row and the hash before it, over bytes that SQL can rebuild (function <c>journal_hash</c>).
/// </summary>
public sealed record JournalEntry(
    BookKey Book, long Position, EventId Event, DateTimeOffset BookedAt, bool Public, string Type, Guid Subject, int SubjectVersion,
    Actor Actor, string Data, byte[] Hash)
{
    public static JournalEntry Append(
        LockedBook book, EventId id, string type, bool isPublic, Guid subject, int version, Actor actor, string data)
    {
        var entry = new JournalEntry(book.Key, book.Position + 1, id, book.LastBookedAt, isPublic, type, subject, version, actor, data, []);
        entry = entry with { Hash = entry.HashAfter(book.Head) };
        book.Position = entry.Position;
        book.Head = entry.Hash;
        book.Dirty = true;
        return entry;
    }

    private byte[] HashAfter(byte[] before)
    {
        var size = 160 + Encoding.UTF8.GetMaxByteCount(Type.Length + Actor.Name.Length + Actor.Peer.Length + Data.Length);
        var buffer = ArrayPool<byte>.Shared.Rent(size);
        try
        {
            var writer = new HashWriter(buffer);
            writer.Bytes(before);
            writer.Int64(Position);
            writer.Int64((BookedAt.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond);
            writer.Uuid(Event.Value);
            writer.Bytes([Public ? (byte)1 : (byte)0]);
            writer.Uuid(Subject);
            writer.Int32(SubjectVersion);
            writer.Int16((short)Actor.Kind);
            writer.Uuid(Actor.Principal);
            writer.Uuid(Actor.Credential);
            writer.Uuid(Actor.Request.Value);
            writer.Text(Type);
            writer.Text(Actor.Name);
            writer.Text(Actor.Peer);
            writer.Text(Data);
            return SHA256.HashData(writer.Written);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static NpgsqlBatchCommand Insert(IReadOnlyList<JournalEntry> rows) => Sql.Command("""
        insert into journal (workspace_id, mode, position, event_id, booked_at, public, type, subject, subject_version,
            actor_kind, principal, credential, actor_name, peer, request_id, data, hash)
        select * from unnest($1::uuid[], $2::smallint[], $3::bigint[], $4::uuid[], $5::timestamptz[], $6::boolean[], $7::text[], $8::uuid[],
            $9::int[], $10::smallint[], $11::uuid[], $12::uuid[], $13::text[], $14::text[], $15::uuid[], $16::text[], $17::bytea[])
        """,
        Sql.Array(rows, r => r.Book.Workspace.Value), Sql.Array(rows, r => (short)r.Book.Mode), Sql.Array(rows, r => r.Position),
        Sql.Array(rows, r => r.Event.Value), Sql.Array(rows, r => r.BookedAt), Sql.Array(rows, r => r.Public), Sql.Array(rows, r => r.Type),
        Sql.Array(rows, r => r.Subject), Sql.Array(rows, r => r.SubjectVersion), Sql.Array(rows, r => (short)r.Actor.Kind),
        Sql.Array(rows, r => r.Actor.Principal), Sql.Array(rows, r => r.Actor.Credential), Sql.Array(rows, r => r.Actor.Name),
        Sql.Array(rows, r => r.Actor.Peer), Sql.Array(rows, r => r.Actor.Request.Value), Sql.Array(rows, r => r.Data),
        Sql.Array(rows, r => r.Hash));

    private ref struct HashWriter(Span<byte> buffer)
    {
        private readonly Span<byte> buffer = buffer;
        private int length;

        public readonly ReadOnlySpan<byte> Written => buffer[..length];

        public void Bytes(scoped ReadOnlySpan<byte> value)
        {
            value.CopyTo(buffer[length..]);
            length += value.Length;
        }

        public void Int64(long value) { BinaryPrimitives.WriteInt64BigEndian(buffer[length..], value); length += 8; }
        public void Int32(int value) { BinaryPrimitives.WriteInt32BigEndian(buffer[length..], value); length += 4; }
        public void Int16(short value) { BinaryPrimitives.WriteInt16BigEndian(buffer[length..], value); length += 2; }

        public void Uuid(Guid value)
        {
            value.TryWriteBytes(buffer[length..], bigEndian: true, out _);
            length += 16;
        }

        public void Text(string value)
        {
            var bytes = Encoding.UTF8.GetBytes(value, buffer[(length + 4)..]);
            Int32(bytes);
            length += bytes;
        }
    }
}
