using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bursar.Core.Access;
using Bursar.Platform.Data;
using Bursar.Platform.Outbound;

namespace Bursar.Rooms.Spending.Handles;

/// <summary>
/// A call to an executor (docs/api/handles.md): its token, the moment, and hex HMAC-SHA256 of <c>timestamp.body</c> by the signing secret;
/// a call without a body signs <c>timestamp.</c>.
/// </summary>
public sealed class ExecutorCall(OutboundClient outbound, Sealer sealer, TimeProvider time)
{
    /// <summary>How long an executor may take to answer a payment (docs/api/handles.md).</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    public Task<OutboundAnswer> Post(BookKey book, HandleRow handle, byte[] body, string sat, CancellationToken ct)
    {
        var headers = Headers(handle, body);
        headers["X-Bursar-SAT"] = sat;
        return Send(book, HttpMethod.Post, sealer.Unseal(handle.Url!), body, headers, Longest, ct);
    }

    /// <summary>Asks for the payment of a jti; without one the executor only says that it is there.</summary>
    public Task<OutboundAnswer> Get(BookKey book, HandleRow handle, string? jti, TimeSpan total, CancellationToken ct)
    {
        var url = sealer.Unseal(handle.Url!);
        var asked = jti is null ? url : $"{url}{(url.Contains('?', StringComparison.Ordinal) ? '&' : '?')}satJti={jti}";
        return Send(book, HttpMethod.Get, asked, null, Headers(handle, []), total, ct);
    }

    private Dictionary<string, string> Headers(HandleRow handle, byte[] body)
    {
        var now = time.GetUtcNow();
        var timestamp = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var secret = sealer.Unseal(handle.NextSecretFrom <= now ? handle.NextSigningSecret! : handle.SigningSecret!);
        byte[] signed = [.. Encoding.ASCII.GetBytes(timestamp + "."), .. body];
        return new()
        {
            ["Authorization"] = "Bearer " + sealer.Unseal(handle.AuthToken!),
            ["X-Bursar-Timestamp"] = timestamp,
            ["X-Bursar-Signature"] = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), signed)),
        };
    }

    private Task<OutboundAnswer> Send(
        BookKey book, HttpMethod method, string url, byte[]? body, Dictionary<string, string> headers, TimeSpan total,
        CancellationToken ct) =>
        outbound.Send(new OutboundRequest(book.Mode, method, url, body, headers, total), ct);
}
