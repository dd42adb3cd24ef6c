using System.Net;
using Bursar.Core.Access;
using Bursar.Tests.Given;

namespace Bursar.Tests.Ui;

/// <summary>A page that cannot be made says what is in its way, with that error's own status; it does not pretend that Bursar is broken.</summary>
public sealed class FailedPageTests(Product product)
{
    [Fact]
    public async Task keys_are_not_shown_to_whom_the_journal_does_not_admit()
    {
        var w = await product.Workspace();
        var pages = await w.AdminPages();
        var another = await (await w.Member(Role.Admin)).StepUp();
        Assert.Contains(w.Key, (await pages.Get("/test/developers")).Is(HttpStatusCode.OK).Body, StringComparison.Ordinal);
        // What a removal that happens between the door and the book looks like: the book has heard of it, the door has not.
        await product.Execute("update bursar.members set state = 'removed' where member_id = $1", w.Admin.Principal);
        (await another.Post("/v1/policies", new { name = "A change, so that the book looks again" })).Is(HttpStatusCode.Created);
        (await another.Get("/v1/api-keys")).Is(HttpStatusCode.OK);
        await product.Execute("update bursar.members set state = 'active' where member_id = $1", w.Admin.Principal);
        var answer = (await pages.Get("/test/developers")).Is(HttpStatusCode.Unauthorized);
        Assert.Contains("You are no longer a member of this workspace.", answer.Body, StringComparison.Ordinal);
        Assert.DoesNotContain(w.Key, answer.Body, StringComparison.Ordinal);
    }
}
