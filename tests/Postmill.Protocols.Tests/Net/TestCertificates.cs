using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Postmill.Protocols.Tests.Net;

/// <summary>A private authority and a server certificate for localhost, made once per test run.</summary>
internal static class TestCertificates
{
    private static readonly DateTimeOffset From = TimeProvider.System.GetUtcNow().AddDays(-30);
    private static readonly X509Certificate2 Authority = MakeAuthority();

    public static X509Certificate2 Localhost { get; } = Issue("localhost", TimeProvider.System.GetUtcNow().AddDays(30));

    public static X509Certificate2 Expired { get; } = Issue("localhost", TimeProvider.System.GetUtcNow().AddDays(-1));

    public static X509Certificate2 OtherName { get; } = Issue("other.example", TimeProvider.System.GetUtcNow().AddDays(30));

    public static X509Certificate2Collection Anchors { get; } = [X509CertificateLoader.LoadCertificate(Authority.RawData)];

    private static X509Certificate2 MakeAuthority()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Postmill test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(From, From.AddDays(365));
    }

    private static X509Certificate2 Issue(string name, DateTimeOffset until)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        if (name == "localhost") names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using var bare = request.Create(Authority, From, until, RandomNumberGenerator.GetBytes(8));
        using var withKey = bare.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
    }
}
