using Bursar.Core.Access;

namespace Bursar.Core.Tests;

public sealed class RoleTests
{
    private static readonly Role[] Columns =
        [Role.Admin, Role.Approver, Role.Reviewer, Role.DepositAdmin, Role.Executor, Role.Maker, Role.Developer, Role.CustomerService];

    /// <summary>Typed from the Flip seed's table, in its order of rows and columns.</summary>
    public static TheoryData<Permission, string> Matrix => new()
    {
        { Permission.ViewTransactions,    "x x x x x x x x" },
        { Permission.DownloadReports,     "x x x x x x x -" },
        { Permission.TopUpDeposit,        "x x - x x - - -" },
        { Permission.CreateTransactions,  "x - - - x x - -" },
        { Permission.ApproveTransactions, "x x - - x - - -" },
        { Permission.RequestRefunds,      "x - - x x - - x" },
        { Permission.ManageApi,           "x - - - - - x -" },
        { Permission.AccountSettings,     "x - - - - - - -" },
        { Permission.ManageMembers,       "x - - - - - - -" },
    };

    [Theory]
    [MemberData(nameof(Matrix))]
    public void each_role_may_do_what_the_seed_says_and_nothing_else(Permission row, string cells)
    {
        var expected = cells.Split(' ');
        for (var i = 0; i < Columns.Length; i++)
            Assert.Equal((Columns[i], expected[i] == "x"), (Columns[i], Roles.Allows(Columns[i]).HasFlag(row)));
    }

    [Fact]
    public void there_are_eight_roles_and_an_unknown_one_may_nothing()
    {
        Assert.Equal(Columns, Enum.GetValues<Role>());
        Assert.Equal(Permission.None, Roles.Allows((Role)99));
    }

    [Fact]
    public void no_key_approves_or_carries_a_right_that_its_maker_lacks()
    {
        foreach (var scope in Enum.GetValues<KeyScope>())
            foreach (var role in Columns)
            {
                var key = KeyScopes.Allows(scope, Roles.Allows(role), canWritePolicies: true);
                Assert.Equal(Permission.None, key & ~Roles.Allows(role));
                Assert.False(key.HasFlag(Permission.ApproveTransactions));
            }
    }

    [Fact]
    public void a_key_writes_policies_only_when_it_was_made_for_that()
    {
        var admin = Roles.Allows(Role.Admin);
        Assert.True(KeyScopes.Allows(KeyScope.Full, admin, canWritePolicies: true).HasFlag(Permission.WritePolicies));
        Assert.False(KeyScopes.Allows(KeyScope.Full, admin, canWritePolicies: false).HasFlag(Permission.WritePolicies));
        Assert.False(KeyScopes.Allows(KeyScope.Read, admin, canWritePolicies: true).HasFlag(Permission.WritePolicies));
    }
}
