using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Core.Policies;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Ledger;
using Bursar.Platform.MoneyIn;
using Bursar.Platform.MoneyOut;
using Dapper;

namespace Bursar.Platform.Statements;

/// <summary>
/// Carries what the house book has tied to a top-up or a payment into the workspace's own book: a second posting there, idempotent by the
/// line, then the end of the hold here. Whoever was interrupted in between, it is done again until both books know.
/// </summary>
public sealed class CreditMatches(
    Database database, Posting posting, House house, CollectionShapes shapes, RailNews payments, TimeProvider time)
    : PeriodicPass("crediting matched lines", TimeSpan.FromSeconds(2), time)
{
    private const int AtOnce = 200;

    protected override async Task Pass(CancellationToken ct)
    {
        await All(Mode.Test);
        await All(Mode.Live);
    }

    /// <summary>Every line that waits, a few hundred at a time; what could not be done now is left for the next pass.</summary>
    public async Task All(Mode mode)
    {
        var after = Guid.Empty;
        while (true)
        {
            var waiting = await Waiting(mode, after);
            await Task.WhenAll(waiting.Select(w => Carry(mode, w)));
            if (waiting.Count < AtOnce) return;
            after = waiting[^1].LineId;
        }
    }

    private async Task<List<Row>> Waiting(Mode mode, Guid after)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        return (await connection.QueryAsync<Row>("""
            select line_id, amount, owner_workspace, collection_id, disbursement_id, bank_reference from statement_lines
            where workspace_id = @house and mode = @mode and state = 'matching' and line_id > @after order by line_id limit @AtOnce
            """, new { house = House.Id.Value, mode = (short)mode, after, AtOnce })).AsList();
    }

    private async Task Carry(Mode mode, Row row)
    {
        var agrees = row.CollectionId is { } topUp ? await Credit(mode, row, topUp) : await Settle(row);
        if (agrees is { } known) await house.Submit(new EndMatch(house.Worker(mode), row.LineId, known));
    }

    /// <summary>Whether the workspace's book has the money; null when nobody can say now.</summary>
    private async Task<bool?> Credit(Mode mode, Row row, Guid topUp)
    {
        var actor = Actor.System(new BookKey(new(row.OwnerWorkspace), mode), "Bursar", RequestId.New(Time.NowMicros()));
        var credited = await posting.Submit(new ChangeCollection<object>(
            actor, CollectionKind.TopUp, topUp, new CollectionChange.Receive(row.Amount, row.LineId), shapes));
        if (credited.Ok) return true;
        return credited.Error.Code == Errors.StateConflict || credited.Error.Code == Errors.NotFound ? false : null;
    }

    /// <summary>Whether the workspace's book says of the payment what the line says; null when nobody can say now.</summary>
    private async Task<bool?> Settle(Row row)
    {
        var told = await payments.Settle(row.DisbursementId!.Value, cameBack: row.Amount > 0, row.BankReference);
        if (!told.Ok) return told.Error.Code == Errors.NotFound ? false : null;
        return told.Value.State == DisbursementState.Reversed || (row.Amount < 0 && told.Value.State == DisbursementState.Succeeded);
    }

    private sealed record Row
    {
        public Guid LineId { get; init; }
        public long Amount { get; init; }
        public Guid OwnerWorkspace { get; init; }
        public Guid? CollectionId { get; init; }
        public Guid? DisbursementId { get; init; }
        public string? BankReference { get; init; }
    }
}

/// <summary>The workspace's book says the same, or will not have it: then the line waits again to be explained.</summary>
public sealed class EndMatch(Actor actor, Guid line, bool agrees) : Command<BankLine>(actor)
{
    public override void Plan(Reads reads)
    {
        reads.Of(BankLineTable.Instance).Want(Book, line);
        reads.WantAccounts(this, AccountCode.Suspense, AccountCode.Customers, AccountCode.StatementClearing, AccountCode.PaidOut);
    }

    public override Result<BankLine> Decide(OpenBook book)
    {
        if (book.Find(BankLineTable.Instance, line) is not { State: BankLineState.Matching } row)
            return new Error(Errors.AlreadyResolved, "Another worker was faster.");
        var hold = new LedgerTransferId(row.Hold!.Value);
        var (debit, credit) = row.Legs(row.Tied);
        if (agrees) book.PostHold(hold, debit, credit, row.Size, line);
        else book.VoidHold(hold, debit, credit, row.Size, line);
        var ended = row with { Version = row.Version + 1, Hold = null, ChangedAt = book.At };
        ended = agrees
            ? ended with { State = row.Tied }
            : ended with { State = row.Unexplained, OwnerWorkspace = null, Collection = null, Disbursement = null };
        book.Update(BankLineTable.Instance, line, ended);
        book.Record(agrees ? $"statement_line.{Json.Name(row.Tied)}" : "statement_line.refused", line, ended.Version,
            new { line = new StatementLineId(line), row.Amount, topUp = row.TopUp, payment = row.Payment });
        return ended;
    }
}
