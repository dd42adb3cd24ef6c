using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Core.Results;
using Bursar.Core.Time;
using Bursar.Platform.Books;
using Bursar.Platform.Data;
using Bursar.Platform.Ledger;
using Bursar.Platform.MoneyIn;
using Dapper;

namespace Bursar.Platform.Statements;

/// <summary>
/// Carries what the house book has tied to a top-up into the workspace's own book: a second posting there, idempotent by the line, then the
/// end of the hold here. Whoever was interrupted in between, it is done again until both books know.
/// </summary>
public sealed class CreditMatches(Database database, Posting posting, House house, CollectionShapes shapes, TimeProvider time)
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
            await Task.WhenAll(waiting.Select(w => Credit(mode, w)));
            if (waiting.Count < AtOnce) return;
            after = waiting[^1].LineId;
        }
    }

    private async Task<List<Row>> Waiting(Mode mode, Guid after)
    {
        await using var connection = await database.Engine.OpenConnectionAsync();
        return (await connection.QueryAsync<Row>("""
            select line_id, amount, owner_workspace, collection_id from statement_lines
            where workspace_id = @house and mode = @mode and state = 'matching' and line_id > @after order by line_id limit @AtOnce
            """, new { house = House.Id.Value, mode = (short)mode, after, AtOnce })).AsList();
    }

    private async Task Credit(Mode mode, Row row)
    {
        var actor = Actor.System(new BookKey(new(row.OwnerWorkspace), mode), "Bursar", RequestId.New(Time.NowMicros()));
        var credited = await posting.Submit(new ChangeCollection<object>(
            actor, CollectionKind.TopUp, row.CollectionId, new CollectionChange.Receive(row.Amount, row.LineId), shapes));
        var refused = !credited.Ok && (credited.Error.Code == Errors.StateConflict || credited.Error.Code == Errors.NotFound);
        if (credited.Ok || refused) await house.Submit(new EndMatch(house.Worker(mode), row.LineId, credited.Ok));
    }

    private sealed record Row
    {
        public Guid LineId { get; init; }
        public long Amount { get; init; }
        public Guid OwnerWorkspace { get; init; }
        public Guid CollectionId { get; init; }
    }
}

/// <summary>The workspace's book has the money, or will not have it: then the line is nobody's again.</summary>
public sealed class EndMatch(Actor actor, Guid line, bool credited) : Command<BankLine>(actor)
{
    public override void Plan(Reads reads)
    {
        reads.Of(BankLineTable.Instance).Want(Book, line);
        reads.WantAccounts(this, AccountCode.Suspense, AccountCode.Customers);
    }

    public override Result<BankLine> Decide(OpenBook book)
    {
        if (book.Find(BankLineTable.Instance, line) is not { State: BankLineState.Matching } row)
            return new Error(Errors.AlreadyResolved, "Another worker was faster.");
        var hold = new LedgerTransferId(row.Hold!.Value);
        if (credited) book.PostHold(hold, AccountCode.Suspense, AccountCode.Customers, row.Amount, line);
        else book.VoidHold(hold, AccountCode.Suspense, AccountCode.Customers, row.Amount, line);
        var ended = row with { Version = row.Version + 1, Hold = null, ChangedAt = book.At };
        ended = credited
            ? ended with { State = BankLineState.Matched }
            : ended with { State = BankLineState.Suspense, OwnerWorkspace = null, Collection = null };
        book.Update(BankLineTable.Instance, line, ended);
        book.Record(credited ? "statement_line.matched" : "statement_line.refused", line, ended.Version,
            new { line = new StatementLineId(line), row.Amount, topUp = new TopUpId(row.Collection!.Value) });
        return ended;
    }
}
