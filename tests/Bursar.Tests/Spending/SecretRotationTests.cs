using System.Net;
using Bursar.Tests.Given;

namespace Bursar.Tests.Spending;

/// <summary>A new signing secret for an executor that is paying (PRODUCT S4): it has time to learn it, and nothing is lost or paid twice.</summary>
public sealed class SecretRotationTests(Product product)
{
    [Fact]
    public async Task the_old_secret_signs_until_the_time_has_passed_and_a_spend_in_the_middle_is_paid_once()
    {
        using var executor = new FakeExecutor();
        var (w, handle) = await product.With(executor);
        var rotated = (await w.Api.Post($"/v1/handles/{handle}/secret-rotation", new { afterMinutes = 60 })).Is(HttpStatusCode.OK);
        executor.NextSecret = rotated.Text("signingSecret");
        Assert.NotEqual(executor.Secret, executor.NextSecret);
        Assert.InRange(DateTimeOffset.Parse(rotated.Text("nextSecretFrom"), System.Globalization.CultureInfo.InvariantCulture),
            DateTimeOffset.UtcNow.AddMinutes(50), DateTimeOffset.UtcNow.AddMinutes(61));
        var read = (await w.Api.Get($"/v1/handles/{handle}")).Is(HttpStatusCode.OK);
        Assert.DoesNotContain("hsk_", read.Body, StringComparison.Ordinal);

        await Pays(w);
        // This one is paid, and its answer and all questions about it are lost until the old secret is good no more.
        (executor.Answer, executor.Knows) = (FakeExecutor.Resets, false);
        var (middle, lost) = await w.Execute();
        Assert.Equal("unknown", lost.Is(HttpStatusCode.Accepted).Text("state"));
        Assert.Equal((2, 0, 0), (executor.Posts, executor.SignedByNext, executor.Unsigned));

        await w.SecretChangesNow();
        (executor.Secret, executor.Answer, executor.Knows) = (null, FakeExecutor.Completed, true);
        await product.Execute("update bursar.outbox set due = now() where workspace_id = $1", w.Book.Workspace.Value);
        await w.Becomes(middle, "succeeded");
        Assert.Single(executor.Payments, id => id == middle.Replace("spr_", "sat_", StringComparison.Ordinal));
        await Pays(w);
        Assert.Equal((3, 0), (executor.Posts, executor.Unsigned));
        Assert.True(executor.SignedByNext >= 2);
        await w.BooksAreRight();
    }

    [Fact]
    public async Task a_second_rotation_keeps_the_secret_that_signs_and_one_without_time_changes_it_at_once()
    {
        using var executor = new FakeExecutor();
        var (w, handle) = await product.With(executor);
        Task<Answer> Rotate(int minutes) => w.Api.Post($"/v1/handles/{handle}/secret-rotation", new { afterMinutes = minutes });
        executor.NextSecret = (await Rotate(1440)).Text("signingSecret");
        var second = (await Rotate(30)).Text("signingSecret");
        // Rotated twice before either signed: the first of all still does, and the one in between never will.
        await Pays(w);
        Assert.Equal((0, 0), (executor.SignedByNext, executor.Unsigned));
        executor.NextSecret = second;
        await w.SecretChangesNow();
        await Pays(w);
        Assert.Equal((1, 0), (executor.SignedByNext, executor.Unsigned));
        // What signs now is the second one, also while a third waits.
        await Rotate(60);
        await Pays(w);
        Assert.Equal((2, 0), (executor.SignedByNext, executor.Unsigned));
        var leaked = await Rotate(0);
        Assert.Null(leaked.Json["nextSecretFrom"]);
        (executor.Secret, executor.NextSecret) = (null, leaked.Text("signingSecret"));
        await Pays(w);
        Assert.Equal((3, 0), (executor.SignedByNext, executor.Unsigned));
        foreach (var minutes in new[] { -1, 1441 }) (await Rotate(minutes)).Refuses("validation_failed");
    }

    private static async Task Pays(Workspace w)
    {
        var (_, paid) = await w.Execute();
        Assert.Equal("succeeded", paid.Is(HttpStatusCode.OK).Text("state"));
    }
}
