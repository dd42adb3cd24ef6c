using System.Net;
using Bursar.Core.Access;
using Bursar.Platform.Access;
using Bursar.Platform.Data;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Bursar.Tests.Given;

/// <summary>A workspace of one test, driven through HTTP.</summary>
public sealed class Workspace
{
    public const string Password = "a long test password";

    private readonly Product product;

    public Workspace(Product product, Actor admin, string key)
    {
        this.product = product;
        Admin = admin;
        Key = key;
        Api = new Client(product.Address, key);
    }

    public Product Product => product;
    public Actor Admin { get; }
    public string Key { get; }
    public Client Api { get; }
    public BookKey Book => Admin.Book;

    public Client Through(Uri address) => new(address, Key);

    /// <summary>Puts in the amount, and the top-up's code of at most 999 besides.</summary>
    public async Task<Workspace> WithDeposit(long amount)
    {
        var topUp = (await Api.Post("/v1/top-ups", new { amount, bankCode = "bca" })).Is(HttpStatusCode.Created);
        (await Api.Post("/v1/test/payments", new { collectionId = topUp.Text("id") })).Is(HttpStatusCode.Created);
        return this;
    }

    /// <summary>A member with a session, come in as people do: invited, the link from the mail, a password of their own.</summary>
    public async Task<Client> Member(Role role)
    {
        var email = $"m{Guid.CreateVersion7():N}@example.test";
        var invited = await product.Services.GetRequiredService<Invitations>().Invite(Admin, new NewMember(email, role));
        Assert.True(invited.Ok);
        var client = new Client(product.Address, null) { MemberId = invited.Value.Id.ToString(), Email = email };
        var joined = await client.Post("/v1/invitations/acceptance",
            new { token = await product.InvitationTo(email), name = $"{role} person", password = Password });
        client.Session(joined.Is(HttpStatusCode.Created).Text("csrfToken"));
        return client;
    }

    /// <summary>A person of the workspace, not signed in: the address they sign in with.</summary>
    public async Task<string> Person(Role role)
    {
        var email = $"p{Guid.CreateVersion7():N}@example.test";
        var invitations = product.Services.GetRequiredService<Invitations>();
        Assert.True((await invitations.AddAtOnce(Admin, new NewMember(email, role, "Pat Person"), Password)).Ok);
        return email;
    }

    public async Task<Client> AdminSession(string mode = "test") =>
        await SignIn(await AdminEmail(), new MemberId(Admin.Principal).ToString(), mode);

    /// <summary>How many entries of a type the journal of the workspace holds.</summary>
    public async Task<long> Facts(string type)
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>(
            "select count(*) from bursar.journal where workspace_id = @w and type = @type",
            new { w = Book.Workspace.Value, type });
    }

    /// <summary>How many rows of a table are this workspace's.</summary>
    public async Task<long> Rows(string table)
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        return await connection.ExecuteScalarAsync<long>(
            $"select count(*) from bursar.{table} where workspace_id = @w",
            new { w = Book.Workspace.Value });
    }

    /// <summary>The Admin in a browser.</summary>
    public async Task<PageClient> AdminPages()
    {
        var client = new PageClient(product.Address);
        (await client.SignIn(await AdminEmail())).Is(HttpStatusCode.Redirect);
        return client;
    }

    public async Task<string> AdminEmail()
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        return (await connection.ExecuteScalarAsync<string>(
            "select email from bursar.persons where person_id = @p", new { p = Admin.Person }))!;
    }

    public async Task<Client> SignIn(string email, string id, string mode = "test")
    {
        var client = new Client(product.Address, null) { MemberId = id, Email = email };
        var session = await client.Post("/v1/sessions", new { email, password = Password });
        session.Is(HttpStatusCode.Created);
        client.Session(session.Text("csrfToken"), mode);
        return client;
    }

    public Task<Answer> Transfer(long amount, string account = "5270997481", string? key = null) =>
        Api.Post("/v1/transfers", new { amount, bankCode = "bca", accountNumber = account }, key);

    public async Task Reaches(string transfer, string state)
    {
        for (var i = 0; i < 200; i++)
        {
            if ((await Api.Get($"/v1/transfers/{transfer}")).Text("state") == state) return;
            await Task.Delay(50);
        }
        Assert.Fail($"{transfer} is not {state} after 10 s");
    }

    /// <summary>Waits until nothing of the book is on its way any more.</summary>
    public async Task Settled(params string[] alsoFinal)
    {
        await using var connection = await product.Owner.OpenConnectionAsync();
        for (var i = 0; i < 200; i++)
        {
            var open = await connection.ExecuteScalarAsync<long>("""
                select count(*) from bursar.disbursements
                where workspace_id = @w and state in ('approved', 'executing', 'unknown') and state <> all(@alsoFinal)
                """, new { w = Book.Workspace.Value, alsoFinal });
            if (open == 0) return;
            await Task.Delay(50);
        }
        Assert.Fail("disbursements are still on their way after 10 s");
    }

    /// <summary>Ledger sums, versions, holds, budgets and journal of the whole installation hold.</summary>
    public async Task BooksAreRight()
    {
        var report = new StringWriter();
        Assert.True(await new Verify(product.Database).Run(report), report.ToString());
    }
}
