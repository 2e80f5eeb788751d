using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postmill.Mail.Net;

/// <summary>Which server certificates are believed: the system's trust, then the installation's own anchors. Never without the host name.</summary>
internal static class MailTls
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    /// <summary>Why the last certificate was refused, in words for a person.</summary>
    public sealed class Reason
    {
        public string? Value { get; set; }
    }

    public static SslClientAuthenticationOptions ClientOptions(string host, X509Certificate2Collection? anchors, out Reason reason)
    {
        var refused = reason = new Reason();
        return new SslClientAuthenticationOptions
        {
            TargetHost = host,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            {
                refused.Value = Check(certificate, chain, errors, anchors);
                return refused.Value is null;
            },
        };
    }

    private static string? Check(X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors, X509Certificate2Collection? anchors)
    {
        if (errors == SslPolicyErrors.None) return null;
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable) || certificate is not X509Certificate2 leaf) return "the server has no certificate";
        if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch)) return "the certificate is for another host name";
        if (anchors is { Count: > 0 } && IsAnchored(leaf, chain, anchors)) return null;
        return Describe(chain);
    }

    private static bool IsAnchored(X509Certificate2 leaf, X509Chain? presented, X509Certificate2Collection anchors)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(anchors);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(ServerAuthentication);
        foreach (var element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>()) chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(leaf);
    }

    private static string Describe(X509Chain? chain)
    {
        var status = chain?.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (all, one) => all | one.Status) ?? X509ChainStatusFlags.NoError;
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid)) return "the certificate has expired or is not valid yet";
        return status.HasFlag(X509ChainStatusFlags.UntrustedRoot) || status.HasFlag(X509ChainStatusFlags.PartialChain)
            ? "the certificate is not signed by a trusted authority"
            : $"the certificate is not valid ({status})";
    }
}
