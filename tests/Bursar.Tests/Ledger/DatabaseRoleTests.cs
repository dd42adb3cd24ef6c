using Bursar.Tests.Given;
using Dapper;
using Npgsql;

namespace Bursar.Tests.Ledger;

/// <summary>What the database itself refuses, whatever the program does.</summary>
public sealed class DatabaseRoleTests(Product product)
{
    private static readonly string[] BookTables =
    [
        "books", "journal", "outbox", "accounts", "ledger_transfers", "policies", "usage", "usage_holds", "approvals",
        "disbursements", "attempts", "collections", "deliveries", "api_keys", "statement_imports", "statement_lines", "statement_days",
    ];

    [Fact]
    public async Task the_app_sees_nothing_without_a_book_and_only_its_own_with_one()
    {
        var mine = await (await product.Workspace()).WithDeposit(100_000);
        await (await product.Workspace()).WithDeposit(100_000);
        await using var app = await product.Database.App.OpenConnectionAsync();
        foreach (var table in BookTables) Assert.Equal(0, await app.ExecuteScalarAsync<long>($"select count(*) from {table}"));
        await using (var transaction = await app.BeginTransactionAsync())
        {
            await app.ExecuteAsync(
                "select set_config('bursar.workspace', @w, true), set_config('bursar.mode', '1', true)",
                new { w = mine.Book.Workspace.Value.ToString() });
            Assert.Equal(1, await app.ExecuteScalarAsync<long>("select count(*) from books"));
            Assert.Equal(1, await app.ExecuteScalarAsync<long>("select count(*) from ledger_transfers"));
            await transaction.CommitAsync();
        }
        // The pooled connection once had a book; it must not keep it.
        foreach (var table in BookTables) Assert.Equal(0, await app.ExecuteScalarAsync<long>($"select count(*) from {table}"));
    }

    [Theory]
    [InlineData("update journal set data = '{}'")]
    [InlineData("delete from journal")]
    [InlineData("update ledger_transfers set amount = 1")]
    [InlineData("delete from ledger_transfers")]
    [InlineData("truncate journal")]
    public async Task nobody_edits_history(string sql)
    {
        foreach (var source in new[] { product.Database.App, product.Database.Engine, product.Database.Lane })
        {
            await using var connection = await source.OpenConnectionAsync();
            var refused = await Assert.ThrowsAsync<PostgresException>(() => connection.ExecuteAsync(sql));
            Assert.Equal("42501", refused.SqlState);
        }
    }

    [Fact]
    public async Task the_handlers_role_cannot_read_people_sessions_or_key_hashes()
    {
        await using var app = await product.Database.App.OpenConnectionAsync();
        foreach (var table in new[]
        {
            "persons", "sessions", "key_directory", "installation_secrets", "idempotency", "receiving_amounts", "virtual_accounts",
            "messages", "invitation_links", "applications",
        })
            Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() =>
                app.ExecuteAsync($"select * from {table} limit 1"))).SqlState);
    }

    [Fact]
    public async Task the_desk_reads_applications_and_no_business_of_anybody()
    {
        await using var desk = await product.Database.Desk.OpenConnectionAsync();
        foreach (var table in (string[])[.. BookTables, "persons", "sessions", "members", "messages", "invitation_links"])
            Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() =>
                desk.ExecuteAsync($"select * from {table} limit 1"))).SqlState);
        var closed = new[] { "select email from invitations", "select zone from workspaces", "update applications set state = 'approved'" };
        foreach (var sql in closed)
            Assert.Equal("42501", (await Assert.ThrowsAsync<PostgresException>(() => desk.ExecuteAsync(sql))).SqlState);
        await desk.ExecuteAsync("select * from applications limit 1");
    }

    [Theory]
    [InlineData("update journal set data = data || ' ' where workspace_id = @w and position = 2")]
    [InlineData("delete from journal where workspace_id = @w and mode = 1 and position = 2")]
    [InlineData("update journal set position = -position where workspace_id = @w and mode = 1 and position in (2, 3)")]
    [InlineData("delete from journal where workspace_id = @w and mode = 1 and position = "
        + "(select max(position) from journal where workspace_id = @w and mode = 1)")]
    [InlineData("update accounts set credits_posted = credits_posted + 1 where workspace_id = @w and mode = 1 and code = 2")]
    [InlineData("update ledger_transfers set amount = amount + 1 where workspace_id = @w")]
    public async Task verify_finds_what_an_owner_tampered_with(string sql)
    {
        var w = await (await product.Workspace()).WithDeposit(100_000);
        await using var owner = await product.Owner.OpenConnectionAsync();
        await using var transaction = await owner.BeginTransactionAsync();
        await owner.ExecuteAsync(sql, new { w = w.Book.Workspace.Value });
        var report = new StringWriter();
        Assert.False(await Platform.Data.Verify.Run(owner, report), report.ToString());
        await transaction.RollbackAsync();
    }
}
