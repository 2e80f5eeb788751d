using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;

namespace Granary.Transport;

/// <summary>
/// Both ends of a connection show a certificate of the cluster's own authority. Names are not compared: silos are known by address, and who has such a certificate is a silo.
/// </summary>
internal sealed class SiloCertificates(IOptions<TransportOptions> options)
{
    private readonly Lazy<(X509Certificate2 Own, X509Certificate2 Authority)> _loaded = new(() => (
        Own(options.Value.CertificateFile!, options.Value.KeyFile!),
        X509CertificateLoader.LoadCertificateFromFile(options.Value.AuthorityFile!)));

    public SslClientAuthenticationOptions ForClient() => new()
    {
        ClientCertificates = [_loaded.Value.Own],
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is X509Certificate2 shown && IsOfCluster(shown),
    };

    public void ForServer(HttpsConnectionAdapterOptions https)
    {
        https.ServerCertificate = _loaded.Value.Own;
        https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
        https.ClientCertificateValidation = (certificate, _, _) => IsOfCluster(certificate);
    }

    private bool IsOfCluster(X509Certificate2 shown)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(_loaded.Value.Authority);
        // The authority is a file of the operator's; it publishes no list of what it takes back.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(shown);
    }

    private static X509Certificate2 Own(string certificate, string key)
    {
        using var pem = X509Certificate2.CreateFromPemFile(certificate, key);
        // A key that was read from a text serves connections on every platform only after this way round.
        return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
    }
}
