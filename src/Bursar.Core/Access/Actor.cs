using Bursar.Core.Results;
using Bursar.Core.Text;

namespace Bursar.Core.Access;

public enum Mode : short { Test = 1, Live = 2 }

/// <summary>One book: a workspace in one mode. The scope of every row, statement, key and event.</summary>
public readonly record struct BookKey(WorkspaceId Workspace, Mode Mode) : IComparable<BookKey>
{
    /// <summary>Books are locked in this order; PostgreSQL sorts uuids by their bytes, and so does this.</summary>
    public int CompareTo(BookKey other)
    {
        Span<byte> a = stackalloc byte[16], b = stackalloc byte[16];
        Workspace.Value.TryWriteBytes(a, bigEndian: true, out _);
        other.Workspace.Value.TryWriteBytes(b, bigEndian: true, out _);
        var order = a.SequenceCompareTo(b);
        return order != 0 ? order : Mode.CompareTo(other.Mode);
    }

    public static bool operator <(BookKey a, BookKey b) => a.CompareTo(b) < 0;
    public static bool operator >(BookKey a, BookKey b) => a.CompareTo(b) > 0;
    public static bool operator <=(BookKey a, BookKey b) => a.CompareTo(b) <= 0;
    public static bool operator >=(BookKey a, BookKey b) => a.CompareTo(b) >= 0;
}

public enum PrincipalKind { Member, ApiKey, Agent, System }

/// <summary>
/// Who asks, in which book, with what rights. <paramref name="Principal"/> survives the replacement of a key;
/// <paramref name="Credential"/> is the session or key that was shown; <paramref name="Person"/> is the human behind either
/// (a key's maker), for the separation of duties.
/// </summary>
public sealed record Actor(
    BookKey Book, PrincipalKind Kind, Guid Principal, Guid Credential, Guid? Person, string Name, Permission Permissions,
    string Peer, RequestId Request)
{
    public Error? Require(Permission needed)
    {
        var missing = Access.Permissions.Missing(Permissions, needed);
        return missing == Permission.None ? null : Errors.Denied(missing);
    }

    public bool May(Permission needed) => (Permissions & needed) == needed;

    /// <summary>What was proved again of late; sessions begin with nothing.</summary>
    public Proof Proved { get; init; }

    /// <summary>The one act that the code typed with this very request stands for; null where the session's next act may use it.</summary>
    public string? ProvedFor { get; init; }

    /// <summary>
    /// Asks a session to prove who sits before it, for <paramref name="act"/> ("generate a live key"). Keys, agents and the system are not
    /// asked: they show their secret with every call.
    /// </summary>
    public Error? Require(Proof needed, Phrase act) =>
        Kind != PrincipalKind.Member || (Proved & needed) == needed ? null : Errors.ProofMissing(needed, act);

    /// <summary>In a workspace's journal an operator is the system, with a name.</summary>
    public static Actor Operator(BookKey book, string name, Guid person, string peer, RequestId request) =>
        System(book, $"Operator {name}", request) with { Person = person, Peer = peer };

    /// <summary>Workers and timers: every right but those of a person.</summary>
    public static Actor System(BookKey book, string name, RequestId request) =>
        new(book, PrincipalKind.System, Guid.Empty, Guid.Empty, null, name, (Permission)~0, "", request);
}
