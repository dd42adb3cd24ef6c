using Bursar.Core.Access;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Dapper;

namespace Bursar.Platform.MoneyOut;

/// <summary>Ends approvals whose time has run out; looked for every few seconds, decided by posting like everything else.</summary>
public sealed class ExpireApprovals(Database database, Posting posting, ApprovalSubjects subjects, TimeProvider time)
    : PeriodicPass("expiring approvals", TimeSpan.FromSeconds(5), time)
{
    protected override async Task Pass(CancellationToken ct)
    {
        await using var connection = await database.Engine.OpenConnectionAsync(ct);
        var due = await connection.QueryAsync<(Guid Workspace, short Mode, Guid Id, string Kind, Guid Subject)>("""
            select workspace_id, mode, approval_id, kind, subject from approvals where state = 'pending' and expires_at <= @now
            order by expires_at limit 200
            """, new { now = Time.NowMicros() });
        await Task.WhenAll(due.Select(d => Expire(new BookKey(new(d.Workspace), (Mode)d.Mode), new(d.Id), d.Kind, d.Subject)));
    }

    private async Task Expire(BookKey book, ApprovalId id, string kind, Guid subject)
    {
        var actor = Actor.System(book, "Bursar", RequestId.New(Time.GetUtcNow()));
        await posting.Submit(new ExpireApproval(actor, id, subject, await subjects.Look(book, kind, subject)));
    }
}
