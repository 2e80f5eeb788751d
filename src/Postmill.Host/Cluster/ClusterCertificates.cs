using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Orleans.Connections.Security;
using Postmill.Host.Start;

namespace Postmill.Host.Cluster;

/// <summary>
/// Both ends of a connection show a certificate of the cluster's own authority. Names are not compared: silos are known by address, and who has such a certificate is one of the cluster.
/// </summary>
internal sealed class ClusterCertificates
{
    // A client says which name it means, because TLS wants one; nobody compares it.
    private const string AnyName = "postmill-silo";

    private readonly X509Certificate2 _own, _authority;

    private ClusterCertificates(X509Certificate2 own, X509Certificate2 authority) => (_own, _authority) = (own, authority);

    /// <summary>Null: the settings name none.</summary>
    /// <exception cref="StartException">A file cannot be read, or the certificate is not for this.</exception>
    public static ClusterCertificates? Load(ClusterSettings settings)
    {
        if (!settings.UsesTls) return null;
        try
        {
            using var pem = X509Certificate2.CreateFromPemFile(settings.CertificateFile, settings.KeyFile);
            // A key that was read from a text serves connections on every platform only after this way round.
            var own = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
            CheckUse(own, settings.CertificateFile);
            return new ClusterCertificates(own, X509CertificateLoader.LoadCertificateFromFile(settings.AuthorityFile));
        }
        catch (Exception fault) when (fault is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new StartException($"the certificates of Postmill:Cluster (CertificateFile, KeyFile, AuthorityFile) cannot be read: {fault.Message}", fault);
        }
    }

    public void Configure(TlsOptions tls)
    {
        tls.LocalCertificate = _own;
        tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.RemoteCertificateValidation = (shown, _, _) => IsOfCluster(shown);
        tls.OnAuthenticateAsClient = (_, client) => client.TargetHost = AnyName;
    }

    /// <summary>For a connection that Orleans does not make.</summary>
    public SslClientAuthenticationOptions ForClient() => new()
    {
        TargetHost = AnyName,
        ClientCertificates = [_own],
        RemoteCertificateValidationCallback = (_, shown, _, _) => shown is X509Certificate2 certificate && IsOfCluster(certificate),
    };

    /// <summary>Every silo calls and is called. Orleans refuses a certificate for only one of the two at each connection, and waits on in silence.</summary>
    private static void CheckUse(X509Certificate2 own, string file)
    {
        if (own.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault() is not { } usage) return;
        foreach (var (oid, name) in new[] { ("1.3.6.1.5.5.7.3.1", "serverAuth"), ("1.3.6.1.5.5.7.3.2", "clientAuth") })
        {
            if (usage.EnhancedKeyUsages.OfType<Oid>().All(o => o.Value != oid))
                throw new StartException($"the certificate in {file} (Postmill:Cluster:CertificateFile) may not be used as {name}; allowed: one whose extended key usage has serverAuth and clientAuth, or that has none.");
        }
    }

    private bool IsOfCluster(X509Certificate2 shown)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_authority);
        // The authority is a file of the operator's; it publishes no list of what it takes back.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(shown);
    }
}
