using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Postmill.Mail.Dkim;

/// <summary>
/// A private RSA key that signs mail (RFC 6376 section 3.3.2, RFC 8301). Any number of threads may sign. ed25519 (RFC 8463) is not taken: the
/// framework has no such key, and every receiver takes RSA.
/// </summary>
public sealed class DkimKey : IDisposable
{
    private readonly byte[] _pkcs8;
    private readonly ConcurrentBag<RSA> _idle = [];

    private DkimKey(RSA rsa)
    {
        _pkcs8 = rsa.ExportPkcs8PrivateKey();
        Bits = rsa.KeySize;
        PublicRecord = $"v=DKIM1; k=rsa; p={Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo())}";
    }

    /// <summary>Bits of the modulus.</summary>
    public int Bits { get; }

    /// <summary>
    /// What stands in the TXT record at <c>selector._domainkey.domain</c> (RFC 6376 section 3.6.1), in one string; DNS wants it in pieces of 255 octets.
    /// </summary>
    public string PublicRecord { get; }

    /// <summary>Reads a key.</summary>
    /// <param name="pem">PKCS#1 ("RSA PRIVATE KEY") or PKCS#8 ("PRIVATE KEY"), not encrypted.</param>
    /// <param name="key">The key; null when there is none.</param>
    /// <param name="reason">Why there is none, without any of the text.</param>
    public static bool TryImport(string pem, [NotNullWhen(true)] out DkimKey? key, [NotNullWhen(false)] out string? reason)
    {
        ArgumentNullException.ThrowIfNull(pem);
        key = null;
        reason = Fault(pem);
        if (reason is not null)
            return false;
        using var rsa = RSA.Create();
        try
        {
            rsa.ImportFromPem(pem);
        }
        catch (Exception fault) when (fault is CryptographicException or ArgumentException)
        {
            reason = "This is no RSA key; ed25519 and elliptic curves are not supported.";
            return false;
        }
        if (rsa.KeySize is < DkimLimits.MinKeyBits or > DkimLimits.MaxKeyBits)
        {
            reason = $"An RSA key for DKIM has {DkimLimits.MinKeyBits} to {DkimLimits.MaxKeyBits} bits.";
            return false;
        }
        key = new DkimKey(rsa);
        return true;
    }

    /// <summary>Forgets the key; nothing may be signing with it.</summary>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_pkcs8);
        while (_idle.TryTake(out var rsa))
            rsa.Dispose();
    }

    /// <summary>An RSASSA-PKCS1-v1_5 signature of a SHA-256 hash.</summary>
    internal byte[] Sign(ReadOnlySpan<byte> hash)
    {
        // One object a signature: the framework does not promise that one of them can sign twice at once.
        if (!_idle.TryTake(out var rsa))
        {
            rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(_pkcs8, out _);
        }
        var signature = rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        if (_idle.Count < DkimLimits.IdleKeys)
            _idle.Add(rsa);
        else
            rsa.Dispose();
        return signature;
    }

    private static string? Fault(string pem)
    {
        if (pem.Length > DkimLimits.PemChars || !PemEncoding.TryFind(pem, out var fields))
            return "This is no key in PEM.";
        return pem[fields.Label] switch
        {
            "PRIVATE KEY" or "RSA PRIVATE KEY" => null,
            "ENCRYPTED PRIVATE KEY" => "The key is encrypted.",
            _ => "This PEM holds no private key.",
        };
    }
}
