using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;
using Postmill.Mail.Dkim;

namespace Postmill.Mail.Tests.Dkim;

/// <summary>The DNS of MimeKit's verifier: one key under every name.</summary>
internal sealed class PublishedKey(AsymmetricKeyParameter key) : IDkimPublicKeyLocator
{
    /// <summary>Whether the first signature of a mail holds under the key that <see cref="DkimKey.PublicRecord"/> publishes.</summary>
    public static bool Verifies(byte[] mail, DkimKey key)
    {
        using var octets = new MemoryStream(mail);
        using var read = MimeKit.MimeMessage.Load(octets);
        var published = key.PublicRecord[(key.PublicRecord.IndexOf("p=", StringComparison.Ordinal) + 2)..];
        var verifier = new MimeKit.Cryptography.DkimVerifier(new PublishedKey(PublicKeyFactory.CreateKey(Convert.FromBase64String(published))));
        return verifier.Verify(read, read.Headers[MimeKit.HeaderId.DkimSignature] is null ? throw new InvalidOperationException("not signed") : read.Headers[0]);
    }

    public AsymmetricKeyParameter LocatePublicKey(string methods, string domain, string selector, CancellationToken cancellationToken = default) => key;

    public Task<AsymmetricKeyParameter> LocatePublicKeyAsync(string methods, string domain, string selector, CancellationToken cancellationToken = default) =>
        Task.FromResult(key);
}
