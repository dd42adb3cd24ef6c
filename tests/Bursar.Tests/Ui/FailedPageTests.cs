using System.Net;
using Bursar.Tests.Given;
using Dapper;

namespace Bursar.Tests.Ui;

/// <summary>A page that cannot be made says what is in its way, with that status; it does not pretend that Bursar is broken.</summary>
public sealed class FailedPageTests
{
    [Fact]
    public async Task keys_are_not_shown_while_nothing_can_be_booked()
    {
        // A product of its own: nobody can post in it for a while.
        await using var product = new Product();
        await product.InitializeAsync();
        var w = await product.Workspace();
        var pages = await w.AdminPages();
        Assert.Contains(w.Key, (await pages.Get("/test/developers")).Is(HttpStatusCode.OK).Body, StringComparison.Ordinal);
        await using var connection = await product.Owner.OpenConnectionAsync();
        await connection.ExecuteAsync("revoke update on bursar.books from bursar_engine");
        var answer = (await pages.Get("/test/developers")).Is(HttpStatusCode.ServiceUnavailable);
        Assert.Contains("The database cannot be reached. Nothing was done.", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(w.Key, answer.Body, StringComparison.Ordinal);
        await connection.ExecuteAsync("grant update on bursar.books to bursar_engine");
        (await pages.Get("/test/developers")).Is(HttpStatusCode.OK);
    }
}
