using System.Security.Cryptography;

namespace Postmill.Mail.Tests.Dkim;

/// <summary>One key of 2048 bits in its three forms, made when the tests run: no private key stands in the sources.</summary>
internal static class Keys
{
    static Keys()
    {
        using var rsa = RSA.Create(2048);
        Pkcs1 = rsa.ExportRSAPrivateKeyPem();
        Pkcs8 = rsa.ExportPkcs8PrivateKeyPem();
        Public = Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo());
    }

    public static string Pkcs1 { get; }

    public static string Pkcs8 { get; }

    public static string Public { get; }
}
