namespace Bursar.Platform.Data;

/// <summary>
/// Rows of which only the last while is kept (docs/operating.md). <paramref name="Drop"/> deletes at most @most of those that ended before
/// @before, which is <paramref name="For"/> before @now. Never the journal, never the ledger, never what still waits to be done.
/// </summary>
public sealed record Retention(TimeSpan For, string Drop);
