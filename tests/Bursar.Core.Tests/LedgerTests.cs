using Bursar.Core.Currencies;
using Bursar.Core.Ledger;
using Bursar.Core.Results;
using FsCheck.Fluent;

namespace Bursar.Core.Tests;

public sealed class LedgerTests
{
    private static Account NewAccount(AccountCode code, long limit = 0) =>
        new(AccountId.New(DateTimeOffset.UnixEpoch), code, "IDR", 0, 0, 0, 0, limit, 0);

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(1_000_000_000_000_000, true)]
    [InlineData(1_000_000_000_000_001, false)]
    [InlineData(-1, false)]
    [InlineData(long.MinValue, false)]
    public void an_amount_is_from_one_to_ten_to_the_fifteenth(long minor, bool ok) => Assert.Equal(ok, Money.Parse(minor, Currency.Idr).Ok);

    [Fact]
    public void money_of_two_currencies_does_not_add_and_a_sum_never_wraps()
    {
        Assert.Throws<InvariantBroken>(() => Money.Idr(1) + new Money(1, Currency.Get("USD")));
        Assert.Throws<OverflowException>(() => Money.Idr(long.MaxValue) + Money.Idr(1));
    }

    [Fact]
    public void whatever_is_asked_nothing_is_overdrawn_and_debits_equal_credits()
    {
        var command = from verb in Gen.Choose(0, 4) from amount in Gen.Choose(1, 1000) select (verb, amount);
        Property.Holds(command.ListOf(), commands =>
        {
            var world = new World();
            foreach (var (verb, amount) in commands) world.Do(verb, amount);
        });
    }

    [Fact]
    public void a_hold_ends_once()
    {
        var (funding, deposit) = LedgerRules.Direct(NewAccount(AccountCode.Funding, Money.Max), NewAccount(AccountCode.Deposit), 100).Value;
        var (held, payouts) = LedgerRules.Pending(deposit, NewAccount(AccountCode.Payouts), 60).Value;
        var (after, paid) = LedgerRules.Post(held, payouts, 60, 40);

        Assert.Equal((60, 40), (after.Available, paid.Posted));
        Assert.Throws<InvariantBroken>(() => LedgerRules.Void(after, paid, 60));
        Assert.Throws<InvariantBroken>(() => LedgerRules.Post(after, paid, 60, 60));
        Assert.Throws<InvariantBroken>(() => LedgerRules.Post(held, payouts, 60, 61));
        Assert.Equal(100, funding.DebitsPosted);
    }

    [Fact]
    public void the_last_rupiah_may_go_and_the_next_may_not()
    {
        var (_, deposit) = LedgerRules.Direct(NewAccount(AccountCode.Funding, Money.Max), NewAccount(AccountCode.Deposit), 100).Value;
        Assert.True(LedgerRules.Pending(deposit, NewAccount(AccountCode.Payouts), 100).Ok);
        Assert.Equal("insufficient_funds", LedgerRules.Pending(deposit, NewAccount(AccountCode.Payouts), 101).Error.Code.Code);
    }

    /// <summary>Three accounts and their open holds, with the invariants looked at after each step.</summary>
    private sealed class World
    {
        private Account funding = NewAccount(AccountCode.Funding, Money.Max);
        private Account deposit = NewAccount(AccountCode.Deposit);
        private Account payouts = NewAccount(AccountCode.Payouts);
        private readonly Queue<long> holds = new();
        private long steps;

        public void Do(int verb, long amount)
        {
            if (verb == 0) (funding, deposit) = Moved(LedgerRules.Direct(funding, deposit, amount), (funding, deposit));
            if (verb == 1) (deposit, payouts) = Moved(LedgerRules.Direct(deposit, payouts, amount), (deposit, payouts));
            if (verb == 2 && LedgerRules.Pending(deposit, payouts, amount) is { Ok: true } hold)
            {
                (deposit, payouts) = Moved(hold, (deposit, payouts));
                holds.Enqueue(amount);
            }
            if (verb >= 3 && holds.TryDequeue(out var held))
            {
                (deposit, payouts) = verb == 3
                    ? LedgerRules.Post(deposit, payouts, held, Math.Min(held, amount))
                    : LedgerRules.Void(deposit, payouts, held);
                steps += 2;
            }
            Look();
        }

        private (Account, Account) Moved(Result<(Account, Account)> result, (Account, Account) before)
        {
            if (!result.Ok) return before;
            steps += 2;
            return result.Value;
        }

        private void Look()
        {
            Account[] all = [funding, deposit, payouts];
            Assert.All(all, a => Assert.True(a.Available >= 0));
            Assert.All(all, a => Assert.True(a.DebitsPending >= 0 && a.CreditsPending >= 0));
            Assert.Equal(all.Sum(a => a.DebitsPosted), all.Sum(a => a.CreditsPosted));
            Assert.Equal(all.Sum(a => a.DebitsPending), all.Sum(a => a.CreditsPending));
            Assert.Equal(holds.Sum(), deposit.DebitsPending);
            Assert.Equal(steps, all.Sum(a => a.Version));
        }
    }
}
