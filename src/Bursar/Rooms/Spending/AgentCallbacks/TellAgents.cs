using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;
using Bursar.Platform.Webhooks;
using Bursar.Rooms.Spending.Requests;
using Dapper;
using Npgsql;

namespace Bursar.Rooms.Spending.AgentCallbacks;

/// <summary>
/// What is posted to an agent's callbackUrl when its approval has ended. Never a token of any kind: the agent fetches its own, and so
/// proves who it is.
/// </summary>
public sealed record AgentCallback(
    string Event, SpendRequestId SpendRequestId, ApprovalId ApprovalId, string Decision, string DecisionReason, string? Note);

/// <summary>Wants every approval that ended and whose spend named a callbackUrl.</summary>
public sealed class AgentCallbackConsumer : IConsumer
{
    public const short Id = 3;

    public short Number => Id;

    public bool Wants(OpenBook book, JournalEntry entry) =>
        entry.Type == Approving.Resolved
        && book.Find(ApprovalTable.Instance, new(entry.Subject)) is { } approval
        && book.Find(DisbursementTable.Instance, approval.Subject) is { Kind: DisbursementKind.AgentSpend } spend
        && SpendDetail.Of(spend).CallbackUrl is not null;
}

/// <summary>Queues an agent's callback when its approval has ended; from there it goes the way of every webhook.</summary>
public sealed class TellAgents(Database database, Callbacks callbacks, Wakeup wakeup, TimeProvider time)
    : OutboxPass("agent callbacks", wakeup)
{
    private const int AtOnce = 100;

    protected override async Task<bool> Pass(CancellationToken ct)
    {
        await using var connection = await database.AtLeastOnce.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        var ended = await Take(connection);
        if (ended.Count == 0) return false;
        await callbacks.Queue(connection, ended);
        await transaction.CommitAsync(ct);
        callbacks.Sent();
        return ended.Count == AtOnce;
    }

    private async Task<List<Callback>> Take(NpgsqlConnection connection)
    {
        await using var wrapped = await connection.ExecuteReaderAsync($"""
            with taken as (
                select workspace_id, mode, position from outbox where consumer = @consumer and due <= @now
                order by due limit @AtOnce for update skip locked),
            gone as (
                delete from outbox o using taken t
                where o.workspace_id = t.workspace_id and o.mode = t.mode and o.position = t.position and o.consumer = @consumer
                returning o.workspace_id, o.mode, o.position, o.subject)
            select {DisbursementTable.Columns}, g.position as told_position, j.event_id as told_event, a.note as told_note
            from gone g
            join approvals a on a.workspace_id = g.workspace_id and a.mode = g.mode and a.approval_id = g.subject
            join disbursements d on d.workspace_id = g.workspace_id and d.mode = g.mode and d.disbursement_id = a.subject
            join journal j on j.workspace_id = g.workspace_id and j.mode = g.mode and j.position = g.position
            """, new { consumer = AgentCallbackConsumer.Id, now = time.NowMicros(), AtOnce });
        var reader = (NpgsqlDataReader)((IWrappedDataReader)wrapped).Reader;
        var made = new List<Callback>();
        while (await reader.ReadAsync()) made.Add(Made(reader));
        return made;
    }

    private static Callback Made(NpgsqlDataReader reader)
    {
        var spend = DisbursementTable.ReadRow(reader);
        var told = SpendRequest.Of(spend);
        var body = new AgentCallback(Approving.Resolved, told.SpendRequestId, told.ApprovalId!.Value, told.Decision, told.DecisionReason,
            reader.Text(reader.GetOrdinal("told_note")));
        return new Callback(new BookKey(new(reader.GetGuid(0)), (Mode)reader.GetInt16(1)), spend.MakerPrincipal,
            reader.GetInt64(reader.GetOrdinal("told_position")), reader.GetGuid(reader.GetOrdinal("told_event")), Approving.Resolved,
            SpendDetail.Of(spend).CallbackUrl!, Json.Write(body));
    }
}
