using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.Files;
using Bursar.Platform.MoneyOut;
using Bursar.Rooms.Payouts.International;
using Bursar.Rooms.Payouts.International.Information;
using Bursar.Rooms.Payouts.Transfers;

namespace Bursar.Rooms.Payouts.Evidence;

/// <summary>Reads the evidence of a transfer in one moment that stands still; that somebody took it is in the journal first.</summary>
public sealed class EvidenceReads(
    TransferReads transfers, InternationalReads international, Exports exports, PolicyReads policies, TimeProvider time)
{
    public async Task<Result<EvidencePack<Transfer>>> Of(Actor actor, string id, string format, CancellationToken ct) =>
        TransferId.TryParse(id, out var transfer) && await transfers.Find(actor.Book, transfer) is not null
            ? await Pack(actor, transfer.Value, id, format, Transfer.Of, ct) : Unknown(actor);

    public async Task<Result<EvidencePack<InternationalTransfer>>> Abroad(Actor actor, string id, string format, CancellationToken ct) =>
        InternationalTransferId.TryParse(id, out var transfer) && await international.Find(actor.Book, transfer) is not null
            ? await Pack(actor, transfer.Value, id, format, InternationalTransfer.Of, ct) : Unknown(actor);

    private static Error Unknown(Actor actor) => actor.Require(Permission.DownloadReports) ?? Errors.Missing();

    private async Task<Result<EvidencePack<T>>> Pack<T>(
        Actor actor, Guid transfer, string id, string format, Func<Disbursement, T> shown, CancellationToken ct)
    {
        var begun = await exports.Begin(actor, Permission.DownloadReports, "evidence", id, ct, format);
        if (!begun.Ok) return begun.Error;
        await using var snapshot = begun.Value;
        var scope = new { workspace = actor.Book.Workspace.Value, mode = (short)actor.Book.Mode, id = transfer };
        var rows = await snapshot.Read($"""
            select {DisbursementTable.Columns} from disbursements d
            where d.workspace_id = @workspace and d.mode = @mode and d.disbursement_id = @id
            """, scope, DisbursementTable.ReadRow, ct);
        var d = rows.Single();
        var approvals = await Approvals(snapshot, scope, ct);
        return new EvidencePack<T>(
            shown(d), d.ContentHash,
            new(d.MakerName, (PrincipalKind)d.MakerKind, d.CreatedVia,
                (PrincipalKind)d.MakerKind == PrincipalKind.ApiKey ? new ApiKeyId(d.MakerCredential) : null),
            await Decision(actor.Book, d), approvals,
            await Attempts(snapshot, scope), await Legs(snapshot, scope),
            await Entries(snapshot, scope, approvals.FirstOrDefault()?.Id.Value), await Questions(snapshot, scope, ct), time.NowMicros());
    }

    private static async Task<IReadOnlyList<EvidenceQuestion>> Questions(Snapshot snapshot, object scope, CancellationToken ct) =>
        [.. (await snapshot.Read($$"""
            select {{InformationTable.Columns}}, coalesce((select array_agg(a.name order by a.attachment_id) from attachments a
                where a.workspace_id = i.workspace_id and a.mode = i.mode and a.used_by = i.request_id), '{}') from information_requests i
            where i.workspace_id = @workspace and i.mode = @mode and i.transfer_id = @id order by i.asked_at, i.request_id
            """, scope, r => (Request: InformationTable.ReadRow(r), Files: r.GetFieldValue<string[]>(14)), ct))
            .Select(q => new EvidenceQuestion(new(q.Request.Id), q.Request.State, q.Request.Question, q.Request.AskedAt,
                q.Request.Answer, q.Request.AnsweredBy, q.Request.AnsweredAt, q.Files))];

    /// <summary>The decision again, from the policy versions that were decided with.</summary>
    private async Task<EvidenceDecision> Decision(BookKey book, Disbursement d)
    {
        var record = d.Decision;
        var known = await policies.Known(book, record.Inputs);
        var versions = record.Inputs.Select(i => known.First(p => p.Id == i.Policy && p.Version == i.Version)).ToList();
        var again = record.Again(Order.InstructionOf(d), versions);
        return new(Json.Name(record.Verdict), record.Reason, record.At, again.Rules);
    }

    private static async Task<IReadOnlyList<EvidenceApproval>> Approvals(Snapshot snapshot, object scope, CancellationToken ct)
    {
        var rows = await snapshot.Read($"""
            select {ApprovalTable.Columns} from approvals a
            where a.workspace_id = @workspace and a.mode = @mode and a.subject = @id order by a.created_at
            """, scope, ApprovalTable.ReadRow, ct);
        var votes = (await snapshot.Read("""
            select v.workspace_id, v.mode, v.approval_id, v.member_id, v.person_id, v.name, v.voted_at, v.lapsed from approval_votes v
            join approvals a on a.workspace_id = v.workspace_id and a.mode = v.mode and a.approval_id = v.approval_id
            where v.workspace_id = @workspace and v.mode = @mode and a.subject = @id order by v.voted_at
            """, scope, r => (Approval: r.GetGuid(2), Vote: ApprovalVoteTable.ReadRow(r)), ct)).ToLookup(v => v.Approval, v => v.Vote);
        return [.. rows.Select(a => new EvidenceApproval(a.Id, a.State, a.Rule, a.Quorum, a.RequestedBy, a.ContentHash, a.CreatedAt,
            [.. votes[a.Id.Value].Select(v => new EvidenceVoice(v.Name, v.VotedAt, v.Lapsed))], a.ResolvedBy, a.ResolvedAt, a.Note))];
    }

    private static async Task<IReadOnlyList<EvidenceAttempt>> Attempts(Snapshot snapshot, object scope) =>
        [.. (await snapshot.Query<AttemptRow>("""
            select number, rail, state, reason, provider_reference, started_at, answered_at from attempts
            where workspace_id = @workspace and mode = @mode and disbursement_id = @id order by number
            """, scope)).Select(a =>
                new EvidenceAttempt(a.Number, a.Rail, a.State, a.Reason, a.ProviderReference, a.StartedAt, a.AnsweredAt))];

    private static async Task<IReadOnlyList<EvidenceLeg>> Legs(Snapshot snapshot, object scope) =>
        [.. (await snapshot.Query<LegRow>("""
            select t.transfer_id as id, t.kind, d.code as debit, c.code as credit, t.amount, t.booked_at from ledger_transfers t
            join accounts d on d.workspace_id = t.workspace_id and d.mode = t.mode and d.account_id = t.debit_account
            join accounts c on c.workspace_id = t.workspace_id and c.mode = t.mode and c.account_id = t.credit_account
            where t.workspace_id = @workspace and t.mode = @mode and t.reference = @id
            order by t.booked_at, t.debit_version, t.credit_version
            """, scope)).Select(t => new EvidenceLeg(new(t.Id), Json.Name((Core.Ledger.TransferKind)t.Kind),
                Json.Name((AccountCode)t.Debit), Json.Name((AccountCode)t.Credit), t.Amount, t.BookedAt))];

    private static async Task<IReadOnlyList<EvidenceEntry>> Entries(Snapshot snapshot, object scope, Guid? approval)
    {
        var parameters = new Dapper.DynamicParameters(scope);
        parameters.Add("approval", approval);
        return [.. (await snapshot.Query<EntryRow>("""
            select position, type, booked_at as at, actor_name as by, hash from journal
            where workspace_id = @workspace and mode = @mode and subject in (@id, @approval) order by position limit 1000
            """, parameters)).Select(e => new EvidenceEntry(e.Position, e.Type, e.At, e.By, Convert.ToHexStringLower(e.Hash)))];
    }

    private sealed record AttemptRow
    {
        public int Number { get; init; }
        public required string Rail { get; init; }
        public required string State { get; init; }
        public string? Reason { get; init; }
        public string? ProviderReference { get; init; }
        public DateTimeOffset StartedAt { get; init; }
        public DateTimeOffset? AnsweredAt { get; init; }
    }

    private sealed record LegRow
    {
        public Guid Id { get; init; }
        public short Kind { get; init; }
        public short Debit { get; init; }
        public short Credit { get; init; }
        public long Amount { get; init; }
        public DateTimeOffset BookedAt { get; init; }
    }

    private sealed record EntryRow
    {
        public long Position { get; init; }
        public required string Type { get; init; }
        public DateTimeOffset At { get; init; }
        public required string By { get; init; }
        public required byte[] Hash { get; init; }
    }
}
