using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Bursar.Core.Access;

namespace Bursar.Platform.Outbound;

/// <summary>How far a connection came, in our own words; null where a step went well or was not reached (<see cref="Reached"/>).</summary>
public sealed record Probed(ProbeStep Reached, string? Problem, IReadOnlyList<string> Addresses, DateTimeOffset? CertificateUntil);

/// <summary>The steps to an answer, in order; <see cref="Probed.Reached"/> is the one that failed, or Done.</summary>
public enum ProbeStep { Address, Name, Allowed, Connection, Tls, Done }

/// <summary>Goes the way of <see cref="OutboundClient"/> one step at a time, so that it can be told where it ends. Sends nothing.</summary>
public sealed class OutboundProbe(OutboundRules rules)
{
    private static readonly TimeSpan StepMax = TimeSpan.FromSeconds(5);

    public async Task<Probed> Try(string url, Mode mode, CancellationToken ct)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        if (OutboundRules.Parse(url) is not { } uri)
            return At(ProbeStep.Address, "Write a full https address without user name, on port 443 or from 1024.");
        IPAddress[] addresses;
        limit.CancelAfter(StepMax);
        try { addresses = await OutboundRules.Resolve(uri.IdnHost, limit.Token); }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return At(ProbeStep.Name, "The host name cannot be found. Is it spelled right, and public?");
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return At(ProbeStep.Name, "The name servers did not answer within 5 seconds.");
        }
        if (rules.Refuses(uri, addresses, mode) is { } refused) return At(ProbeStep.Allowed, refused, addresses);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        limit.CancelAfter(StepMax);
        try { await socket.ConnectAsync(addresses, uri.Port, limit.Token); }
        catch (SocketException e)
        {
            return At(ProbeStep.Connection, e.SocketErrorCode == SocketError.ConnectionRefused
                ? $"Nothing listens on port {uri.Port}: the connection was refused."
                : $"No connection to port {uri.Port}: {e.SocketErrorCode}.", addresses);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return At(ProbeStep.Connection, $"No connection to port {uri.Port} within 5 seconds. Does a firewall drop it?", addresses);
        }
        if (uri.Scheme != "https") return new Probed(ProbeStep.Done, null, Texts(addresses), null);
        limit.CancelAfter(StepMax);
        return await Greet(socket, uri.IdnHost, addresses, limit.Token, ct);
    }

    private static async Task<Probed> Greet(Socket socket, string host, IPAddress[] addresses, CancellationToken limit,
        CancellationToken ct)
    {
        string? problem = null;
        DateTimeOffset? until = null;
        var options = OutboundTrust.Options();
        var trusts = options.RemoteCertificateValidationCallback;
        options.TargetHost = host;
        options.RemoteCertificateValidationCallback = (sender, certificate, chain, errors) =>
        {
            var leaf = certificate as X509Certificate2;
            until = leaf?.NotAfter.ToUniversalTime();
            var trusted = trusts is null ? errors == SslPolicyErrors.None : trusts(sender, certificate, chain, errors);
            if (!trusted) problem = Why(leaf, chain, errors);
            return trusted;
        };
        await using var tls = new SslStream(new NetworkStream(socket, ownsSocket: false));
        try
        {
            await tls.AuthenticateAsClientAsync(options, limit);
            return new Probed(ProbeStep.Done, null, Texts(addresses), until);
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return At(ProbeStep.Tls, "The TLS greeting took longer than 5 seconds.", addresses);
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException)
        {
            var why = problem ?? "The server does not speak TLS here, or an old version of it.";
            return At(ProbeStep.Tls, why, addresses) with { CertificateUntil = until };
        }
    }

    private static string Why(X509Certificate2? leaf, X509Chain? chain, SslPolicyErrors errors)
    {
        if (leaf is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable)) return "The server shows no certificate.";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) return "The certificate is for another host.";
        var status = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status)
            ?? X509ChainStatusFlags.NoError;
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
            return $"The certificate or one above it is not valid today; it is for {Day(leaf.NotBefore)} to {Day(leaf.NotAfter)}.";
        if (status.HasFlag(X509ChainStatusFlags.PartialChain))
            return "The chain is incomplete: the server has to send its intermediate certificates too.";
        return "The certificate is of an authority that Bursar does not know.";
    }

    private static string Day(DateTime at) => at.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Probed At(ProbeStep step, string problem, IPAddress[]? addresses = null) =>
        new(step, problem, Texts(addresses ?? []), null);

    private static List<string> Texts(IPAddress[] addresses) => [.. addresses.Take(8).Select(a => a.ToString())];
}
