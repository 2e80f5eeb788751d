using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postmill.Testing.Servers;

/// <summary>A certificate and its key as PEM files.</summary>
public sealed record PemPair(string CertificatePath, string KeyPath)
{
    /// <summary>For servers written in .NET: with its private key.</summary>
    public X509Certificate2 Load() => X509Certificate2.CreateFromPemFile(CertificatePath, KeyPath);
}

/// <summary>A test authority and what it (or nobody) signed, made once per process.</summary>
public sealed class TestCertificates
{
    private static readonly Lazy<TestCertificates> Made = new(() => new TestCertificates());
    private readonly string _directory = TestWorkspace.NewDirectory("certificates");

    private const string ServerAuth = "1.3.6.1.5.5.7.3.1", ClientAuth = "1.3.6.1.5.5.7.3.2";

    private TestCertificates()
    {
        var now = TimeProvider.System.GetUtcNow();
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Postmill test authority", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        using var authority = request.CreateSelfSigned(now.AddYears(-2), now.AddYears(10));
        AuthorityPath = Path.Combine(_directory, "authority.pem");
        File.WriteAllText(AuthorityPath, authority.ExportCertificatePem());
        Valid = Issue("valid", "localhost", authority, now.AddDays(-1), now.AddYears(1));
        Expired = Issue("expired", "localhost", authority, now.AddYears(-1), now.AddDays(-1));
        WrongHost = Issue("wronghost", "mail.elsewhere.example", authority, now.AddDays(-1), now.AddYears(1));
        SelfSigned = Issue("selfsigned", "localhost", null, now.AddDays(-1), now.AddYears(1));
        ServerOnly = Issue("serveronly", "localhost", authority, now.AddDays(-1), now.AddYears(1), ServerAuth);
    }

    public static TestCertificates Shared => Made.Value;

    /// <summary>PEM file of the authority to trust.</summary>
    public string AuthorityPath { get; }

    /// <summary>For localhost, 127.0.0.1 and ::1.</summary>
    public PemPair Valid { get; }

    public PemPair Expired { get; }

    public PemPair WrongHost { get; }

    public PemPair SelfSigned { get; }

    /// <summary>Valid, and not to be shown by a client.</summary>
    public PemPair ServerOnly { get; }

    private PemPair Issue(string name, string host, X509Certificate2? authority, DateTimeOffset from, DateTimeOffset to, params string[] uses)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        if (host == "localhost")
        {
            names.AddIpAddress(IPAddress.Loopback);
            names.AddIpAddress(IPAddress.IPv6Loopback);
        }
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([.. (uses.Length > 0 ? uses : [ServerAuth, ClientAuth]).Select(use => new Oid(use))], false));
        using var certificate = authority is null
            ? request.CreateSelfSigned(from, to)
            : request.Create(authority, from, to, RandomNumberGenerator.GetBytes(16));
        var pair = new PemPair(Path.Combine(_directory, $"{name}.pem"), Path.Combine(_directory, $"{name}.key"));
        File.WriteAllText(pair.CertificatePath, certificate.ExportCertificatePem());
        File.WriteAllText(pair.KeyPath, key.ExportPkcs8PrivateKeyPem());
        return pair;
    }
}
