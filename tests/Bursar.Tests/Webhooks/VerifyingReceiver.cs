using System.Globalization;
using System.Net;
using System.Net.Http.Json;

namespace Bursar.Tests.Webhooks;

/// <summary>A message as a receiver got it.</summary>
public sealed record ReceivedMessage(string Id, string Timestamp, string Signature, string Body);

/// <summary>
/// A receiver as somebody else would write it, with a library that verifies, seen from outside. <c>/hook</c> answers 204 to a message it
/// takes and 400 to one it cannot verify. One that came before is answered 200, else its sender would go on, but is not taken again.
/// </summary>
public abstract class VerifyingReceiver(string address) : IAsyncDisposable
{
    private readonly HttpClient http = new() { BaseAddress = new Uri(address) };

    public string Url { get; } = address + "/hook";

    /// <summary>From now on this secret is the one it verifies with.</summary>
    public async Task Tell(string secret) => (await http.PostAsync("/secret", new StringContent(secret))).EnsureSuccessStatusCode();

    public async Task<(int Taken, int Repeated, int Refused)> Counts()
    {
        var numbers = (await http.GetStringAsync("/counts")).Split(' ');
        int Number(int at) => int.Parse(numbers[at], CultureInfo.InvariantCulture);
        return (Number(0), Number(1), Number(2));
    }

    public async Task<int> Taken() => (await Counts()).Taken;

    /// <summary>The newest message that it took.</summary>
    public async Task<ReceivedMessage> Last() => (await http.GetFromJsonAsync<ReceivedMessage>("/last"))!;

    /// <summary>Sends it a message as anybody on the network could.</summary>
    public async Task<HttpStatusCode> Post(ReceivedMessage message)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/hook") { Content = new StringContent(message.Body) };
        request.Headers.Add("webhook-id", message.Id);
        request.Headers.Add("webhook-timestamp", message.Timestamp);
        request.Headers.TryAddWithoutValidation("webhook-signature", message.Signature);
        using var answer = await http.SendAsync(request);
        return answer.StatusCode;
    }

    protected abstract ValueTask Stop();

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        await Stop();
        GC.SuppressFinalize(this);
    }
}
