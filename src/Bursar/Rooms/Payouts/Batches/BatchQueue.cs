using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Rooms.Payouts.Batches;

/// <summary>Tells the worker that rows of a batch have moved: whether it is complete may be looked at now.</summary>
public sealed class BatchQueue(Database database, Wakeup wakeup, TimeProvider time)
{
    public async Task LookAt(Batch batch)
    {
        await using var connection = await database.Queues.OpenConnectionAsync();
        await connection.ExecuteAsync("""
            update transfer_batches set due = @now, looks = 0
            where workspace_id = @workspace and mode = @mode and batch_id = @id and state = 'submitted'
            """, new
        {
            now = time.NowMicros(),
            workspace = batch.Maker.Book.Workspace.Value,
            mode = (short)batch.Maker.Book.Mode,
            id = batch.Id,
        });
        wakeup.Signal();
    }
}
