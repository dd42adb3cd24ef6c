using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Bursar.Core.Results;

/// <summary>A bug, not a failure: the transaction rolls back and nobody catches it to go on.</summary>
public sealed class InvariantBroken(string message) : Exception(message);

public static class Invariant
{
    public static void Hold([DoesNotReturnIf(false)] bool condition, [CallerArgumentExpression(nameof(condition))] string what = "")
    {
        if (!condition) throw new InvariantBroken(what);
    }
}
