using Bursar.Core.Access;
using Bursar.Core.Ledger;
using Bursar.Core.Results;
using Bursar.Platform.Books;
using Bursar.Platform.Ledger;
using Xunit;

namespace Bursar.Tests.Rails;

/// <summary>Money that came into a deposit from outside, also a live one, booked as a paid top-up is.</summary>
public static class Deposits
{
    public static async Task Put(Posting posting, BookKey book, long amount) =>
        Assert.True((await posting.Submit(new Paid(Actor.System(book, "Test", RequestId.New(DateTimeOffset.UnixEpoch)), amount))).Ok);

    private sealed class Paid(Actor actor, long amount) : Command<RecordFact.Booked>(actor)
    {
        public override bool HasHappened => true;

        public override void Plan(Reads reads) => reads.WantAccounts(this, AccountCode.Funding, AccountCode.Deposit);

        public override Result<RecordFact.Booked> Decide(OpenBook book)
        {
            Assert.True(book.Move(AccountCode.Funding, AccountCode.Deposit, amount, Guid.CreateVersion7(book.At)).Ok);
            book.Record("test.deposit", Guid.CreateVersion7(book.At), 1, new { amount });
            return new RecordFact.Booked(book.LastEntry.Event);
        }
    }
}
