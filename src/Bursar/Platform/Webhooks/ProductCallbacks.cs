using Bursar.Core.Access;
using Bursar.Core.Results;

namespace Bursar.Platform.Webhooks;

/// <summary>The one Callback URL of a product, as settings pages write it: a new address, another one, or none any more.</summary>
public sealed class ProductCallbacks(Endpoints endpoints, Deliveries deliveries, TimeProvider time)
{
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(100);

    public async Task<Result<EndpointResource?>> Find(Actor actor, string product) =>
        (await endpoints.List(actor)).Map(list => list.FirstOrDefault(e => e.Product == product));

    /// <summary>An empty address takes the endpoint away; the answer to a new one carries its secret, once.</summary>
    public async Task<Result<EndpointResource>> Save(Actor actor, string product, string url)
    {
        var known = await Find(actor, product);
        if (!known.Ok) return known.Error;
        return (known.Value, url) switch
        {
            (null, _) => await endpoints.Create(actor, new NewEndpoint(url, null, product)),
            ({ } before, "") => await endpoints.Remove(actor, before.Id),
            ({ } before, _) => await endpoints.Change(actor, before.Id, new EndpointChange(Url: url)),
        };
    }

    /// <summary>Sends a test and waits up to ten seconds for what becomes of it.</summary>
    public async Task<Result<DeliveryResource>> Test(Actor actor, string product, CancellationToken ct)
    {
        var known = await Find(actor, product);
        if (!known.Ok) return known.Error;
        if (known.Value is not { } endpoint) return Errors.Missing();
        var sent = await endpoints.SendTest(actor, endpoint.Id);
        var began = time.GetTimestamp();
        while (sent is { Ok: true, Value.Attempts.Count: 0 } && time.GetElapsedTime(began) < AnswerMax)
        {
            await Task.Delay(LookEvery, ct);
            sent = await deliveries.Get(actor, sent.Value.Id);
        }
        return sent;
    }
}
