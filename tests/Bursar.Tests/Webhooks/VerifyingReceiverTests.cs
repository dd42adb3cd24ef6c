using System.Globalization;
using System.Net;
using Bursar.Core.Signing;
using Bursar.Tests.Given;

namespace Bursar.Tests.Webhooks;

/// <summary>
/// What Bursar sends, taken by the libraries that receivers use: Bursar.Sdk, and npm's standardwebhooks. Both live through the same story.
/// </summary>
public sealed class VerifyingReceiverTests(Product product)
{
    private const int Transfers = 120;
    private static readonly int Tampers = LongRuns.Count(small: 60, full: 1_000);

    public enum Library { BursarSdk, StandardWebhooks }

    private static async Task<VerifyingReceiver> Start(Library library) =>
        library == Library.BursarSdk ? await SdkReceiver.Start() : await NodeReceiver.Start();

    /// <summary>A secret changes while deliveries flow: who holds the old one verifies them all, and then who holds the new one.</summary>
    [Theory, InlineData(Library.BursarSdk), InlineData(Library.StandardWebhooks)]
    public async Task a_rotation_under_load_leaves_no_delivery_unverifiable(Library library)
    {
        await using var receiver = await Start(library);
        var w = await (await product.Workspace()).WithDeposit(100_000_000);
        var (id, secret) = await Listen(w, receiver);
        await receiver.Tell(secret);
        var sending = Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            for (var i = 0; i < Transfers / 4; i++) (await w.Transfer(10_000)).Is(HttpStatusCode.Created);
        }));
        await Until(receiver, 20);
        var rotated = (await w.Api.Post($"/v1/webhook-endpoints/{id}/secret-rotation", new { overlapHours = 24 })).Is(HttpStatusCode.OK);
        Assert.NotNull(rotated.Json["previousSecretUntil"]);
        // For a while the receiver has the old secret and Bursar both, then the receiver is given the new one, in the middle of it all.
        await Until(receiver, await receiver.Taken() + 40);
        await receiver.Tell(rotated.Text("secret"));
        await sending;
        await Until(receiver, 2 * Transfers);
        Assert.Equal((2 * Transfers, 0, 0), await receiver.Counts());
        Assert.Equal(2, (await receiver.Last()).Signature.Split(' ').Length);
        // A third secret in the overlap would leave somebody behind; ending it at once is for one that leaked.
        (await w.Api.Post($"/v1/webhook-endpoints/{id}/secret-rotation", new { })).Refuses("state_conflict");
        var ended = (await w.Api.Post($"/v1/webhook-endpoints/{id}/secret-rotation", new { overlapHours = 0 })).Is(HttpStatusCode.OK);
        Assert.Null(ended.Json["previousSecretUntil"]);
    }

    [Theory, InlineData(Library.BursarSdk), InlineData(Library.StandardWebhooks)]
    public async Task what_was_touched_is_old_or_came_before_is_not_taken(Library library)
    {
        await using var receiver = await Start(library);
        var w = await (await product.Workspace()).WithDeposit(1_000_000);
        var (_, secret) = await Listen(w, receiver);
        await receiver.Tell(secret);
        (await w.Transfer(10_000)).Is(HttpStatusCode.Created);
        await Until(receiver, 2);
        var good = await receiver.Last();

        var random = new Random(20261120);
        for (var i = 0; i < Tampers; i++)
            Assert.Equal(HttpStatusCode.BadRequest, await receiver.Post(Tampered(good, random)));
        foreach (var seconds in new[] { -3600, -310, 310, 3600 })
        {
            var at = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() + seconds;
            var signature = WebhookSignature.Sign(secret, "evt_other", at, System.Text.Encoding.UTF8.GetBytes(good.Body));
            var late = new ReceivedMessage("evt_other", at.ToString(CultureInfo.InvariantCulture), signature, good.Body);
            Assert.Equal(HttpStatusCode.BadRequest, await receiver.Post(late));
        }
        // Somebody who recorded it sends it again, untouched and in time: verified, and without effect.
        Assert.Equal(HttpStatusCode.OK, await receiver.Post(good));
        Assert.Equal((2, 1, Tampers + 4), await receiver.Counts());
    }

    /// <summary>One character of the id, the time, the signature or the body is another one.</summary>
    private static ReceivedMessage Tampered(ReceivedMessage good, Random random)
    {
        string Touched(string text, string alphabet, int from = 0)
        {
            var at = random.Next(from, text.Length);
            var others = alphabet.Replace(text[at].ToString(), "", StringComparison.Ordinal);
            return string.Concat(text.AsSpan(0, at), others[random.Next(others.Length)].ToString(), text.AsSpan(at + 1));
        }
        const string letters = "abcdefghijklmnopqrstuvwxyz0123456789";
        return random.Next(4) switch
        {
            0 => good with { Id = Touched(good.Id, letters) },
            // The last two digits: in time still, so that it is the signature that refuses it.
            1 => good with { Timestamp = Touched(good.Timestamp, "0123456789", good.Timestamp.Length - 2) },
            2 => good with { Signature = "v1," + Touched(good.Signature["v1,".Length..^2], letters) + good.Signature[^2..] },
            _ => good with { Body = Touched(good.Body, letters) },
        };
    }

    private static async Task<(string Id, string Secret)> Listen(Workspace w, VerifyingReceiver receiver)
    {
        var endpoint = (await w.Api.Post("/v1/webhook-endpoints",
            new { url = receiver.Url, events = new[] { "transfer.*" } })).Is(HttpStatusCode.Created);
        return (endpoint.Text("id"), endpoint.Text("secret"));
    }

    private static async Task Until(VerifyingReceiver receiver, int taken)
    {
        for (var i = 0; i < 3_000 && await receiver.Taken() < taken; i++) await Task.Delay(10);
        Assert.True(await receiver.Taken() >= taken, $"{taken} deliveries did not come within 30 s");
    }
}
