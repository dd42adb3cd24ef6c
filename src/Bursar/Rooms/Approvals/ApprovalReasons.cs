using Bursar.Core.Access;
using Bursar.Core.Policies;
using Bursar.Platform.Control;
using Bursar.Platform.Data;
using Bursar.Platform.MoneyOut;

namespace Bursar.Rooms.Approvals;

/// <summary>What the policies saw when they sent a request to people, with the names of those policies.</summary>
public sealed record ApprovalReason(Decision Decision, IReadOnlyDictionary<PolicyId, string> Names);

/// <summary>The explain card of an approval, made again from the stored inputs of its request's decision.</summary>
public sealed class ApprovalReasons(Database database, PolicyReads policies)
{
    /// <summary>Null where no policy had a say: a role or a switch asks for a second person.</summary>
    public async Task<ApprovalReason?> Of(BookKey book, ApprovalResource approval)
    {
        var rows = await database.Read(book, $"""
            select {DisbursementTable.Columns} from approvals a
            join disbursements d on d.workspace_id = a.workspace_id and d.mode = a.mode and d.disbursement_id = a.subject
            where a.workspace_id = @workspace and a.mode = @mode and a.approval_id = @id
            """, new { workspace = book.Workspace.Value, mode = (short)book.Mode, id = approval.Id.Value }, DisbursementTable.ReadRow);
        if (rows.Count == 0 || rows[0].Decision is not { Inputs.Count: > 0 } record) return null;
        var known = await policies.Known(book, record.Inputs);
        var versions = record.Inputs.Select(i => known.First(p => p.Id == i.Policy && p.Version == i.Version)).ToList();
        return new ApprovalReason(record.Again(Order.InstructionOf(rows[0]), versions), versions.ToDictionary(p => p.Id, p => p.Name));
    }
}
