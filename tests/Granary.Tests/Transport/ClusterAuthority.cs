using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Granary.Transport;

namespace Granary.Tests.Transport;

/// <summary>An authority that signs the certificates of silos, and the files they read them from.</summary>
internal sealed class ClusterAuthority : IDisposable
{
    private static readonly DateTimeOffset Begin = TimeProvider.System.GetUtcNow().AddDays(-1), End = TimeProvider.System.GetUtcNow().AddDays(2);

    private readonly string _directory = Directory.CreateTempSubdirectory("granary-certificates").FullName;
    private readonly X509Certificate2 _authority;

    public ClusterAuthority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _authority = request.CreateSelfSigned(Begin, End);
    }

    /// <summary>Gives the silo a certificate.</summary>
    public Action<TransportOptions> Certify(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        using var certificate = request.Create(_authority, Begin.AddHours(1), End.AddHours(-1), RandomNumberGenerator.GetBytes(8));
        var own = Write($"{name}.certificate", certificate.ExportCertificatePem());
        var secret = Write($"{name}.key", key.ExportPkcs8PrivateKeyPem());
        var root = Write("authority", _authority.ExportCertificatePem());
        return options => (options.CertificateFile, options.KeyFile, options.AuthorityFile) = (own, secret, root);
    }

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private string Write(string what, string pem)
    {
        var path = Path.Combine(_directory, $"{what}.pem");
        File.WriteAllText(path, pem);
        return path;
    }
}
