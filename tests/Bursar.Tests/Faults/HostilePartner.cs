using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Bursar.Tests.Rails;
using Microsoft.AspNetCore.Http;
using static Bursar.Tests.Rails.PartnerServer;

namespace Bursar.Tests.Faults;

/// <summary>
/// A partner that keeps its books well and talks badly: it loses answers and requests, garbles, delays and repeats them, and calls back
/// twice, out of order and with lies about what it has told already. What it does to an order follows from the order's seed, which its
/// remark names. Once <see cref="IsCalm"/>, it answers plainly.
/// </summary>
public sealed class HostilePartner(PartnerServer server)
{
    private static readonly string[] Truths = ["succeeded", "succeeded", "succeeded", "refused", "returned"];
    private readonly ConcurrentDictionary<string, string> truths = new();
    private readonly ConcurrentDictionary<string, ConcurrentBag<string>> said = new();
    private readonly ConcurrentDictionary<string, int> seeds = new();
    private readonly ConcurrentDictionary<string, int> calls = new();
    private readonly ConcurrentDictionary<string, byte> acknowledged = new();
    private int lies;

    public bool IsCalm { get; set; }

    /// <summary>What it decided about an order, once: succeeded, refused, returned, or not_found for one that it will never take.</summary>
    public IReadOnlyDictionary<string, string> Decided => truths;

    /// <summary>Contradictions that Bursar acknowledged.</summary>
    public int Lies => lies;

    /// <summary>Orders of whose end Bursar has acknowledged a callback.</summary>
    public IEnumerable<string> AcknowledgedEnds => acknowledged.Keys;

    /// <summary>Whether it has said clearly, in an answer or a callback, that the order was not paid.</summary>
    public bool HasRefused(string id) => said.GetValueOrDefault(id)?.Any(s => s is "refused" or "not_found" or "returned") == true;

    public void Listen()
    {
        server.Submitted = Submitted;
        server.Asked = Asked;
    }

    private async Task Submitted(HttpContext http, JsonNode order)
    {
        var id = order["disbursementId"]!.GetValue<string>();
        seeds[id] = int.Parse(order["remark"]!.GetValue<string>().Split('-')[0], System.Globalization.CultureInfo.InvariantCulture);
        var random = Next(id);
        var lost = !IsCalm && random.Next(6) == 0;
        if (lost) { http.Abort(); return; }
        truths.TryAdd(id, Truths[random.Next(Truths.Length)]);
        await Talk(http, id, random, random.Next(3) == 0 ? "accepted" : truths[id]);
    }

    private async Task Asked(HttpContext http, string id)
    {
        var random = Next(id);
        var told = truths.GetOrAdd(id, "not_found");
        if (told != "not_found" && !IsCalm && random.Next(3) == 0) told = "accepted";
        await Talk(http, id, random, told);
    }

    /// <summary>Says it, or does not, or not so that anybody could read it; and calls back about it, now or a little later.</summary>
    private async Task Talk(HttpContext http, string id, Random random, string status)
    {
        if (IsCalm) { await Tell(http, id, status); return; }
        if (truths[id] != "not_found" && random.Next(3) == 0) _ = CallBack(id, new Random(random.Next()));
        switch (random.Next(8))
        {
            case 0: http.Abort(); break;
            case 1: await Say(http, 200, "{\"disbursementId\":\"" + id + "\",\"stat"); break;
            case 2: await Say(http, 500, Answer(id, status)); break;
            case 3: await Say(http, 200, Answer(Guid.CreateVersion7().ToString("N"), "refused")); break;
            case 4:
                await Task.Delay(random.Next(500, 2_000));
                await Tell(http, id, status);
                break;
            default: await Tell(http, id, status); break;
        }
    }

    private Task Tell(HttpContext http, string id, string status)
    {
        Note(id, status);
        return Say(http, status == "not_found" ? 404 : 200, Answer(id, status, status == "refused" ? "INACTIVE_ACCOUNT" : null));
    }

    /// <summary>The truth, perhaps twice, perhaps late; and where Bursar has acknowledged it, perhaps the opposite after it.</summary>
    private async Task CallBack(string id, Random random)
    {
        await Task.Delay(random.Next(0, 1_500));
        for (var i = random.Next(1, 3); i > 0; i--)
        {
            Note(id, truths[id]);
            if (!await Acknowledged(Answer(id, truths[id], truths[id] == "refused" ? "INACTIVE_ACCOUNT" : null))) continue;
            acknowledged[id] = 0;
            if (random.Next(3) == 0 && await Acknowledged(Answer(id, truths[id] == "refused" ? "succeeded" : "refused")))
                Interlocked.Increment(ref lies);
        }
    }

    private async Task<bool> Acknowledged(string body)
    {
        try { return await server.CallBack(body) == HttpStatusCode.OK; }
        catch (HttpRequestException) { return false; }
    }

    private void Note(string id, string status) => said.GetOrAdd(id, _ => []).Add(status);

    private Random Next(string id) =>
        new(HashCode.Combine(seeds.GetValueOrDefault(id), calls.AddOrUpdate(id, 1, (_, n) => n + 1), truths.Count % 7));
}
