using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Bursar.Platform.Outbound;

/// <summary>
/// Trusts what the system trusts and, besides, the authorities of BURSAR_EXTRA_CA. Names and dates count for both: only a chain that ends
/// in an authority the system does not know is looked at a second time.
/// </summary>
internal static class OutboundTrust
{
    private static readonly Oid ServerUse = new("1.3.6.1.5.5.7.3.1");

    public static SslClientAuthenticationOptions Options()
    {
        if (Environment.GetEnvironmentVariable("BURSAR_EXTRA_CA") is not { Length: > 0 } path) return new();
        var extra = new X509Certificate2Collection();
        extra.ImportFromPemFile(path);
        if (extra.Count == 0) throw new InvalidOperationException($"BURSAR_EXTRA_CA: {path} holds no certificate");
        return new() { RemoteCertificateValidationCallback = (_, certificate, chain, errors) => Trusts(extra, certificate, chain, errors) };
    }

    private static bool Trusts(X509Certificate2Collection extra, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None) return true;
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is not X509Certificate2 leaf) return false;
        using var again = new X509Chain();
        again.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        again.ChainPolicy.CustomTrustStore.AddRange(extra);
        again.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        again.ChainPolicy.ApplicationPolicy.Add(ServerUse);
        if (chain is not null)
            foreach (var element in chain.ChainElements) again.ChainPolicy.ExtraStore.Add(element.Certificate);
        return again.Build(leaf);
    }
}
