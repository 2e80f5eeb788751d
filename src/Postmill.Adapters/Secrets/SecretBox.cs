using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Postmill.Grains.Accounts;

namespace Postmill.Adapters.Secrets;

/// <summary>Seals by Data Protection under a purpose of its own: a payload made for anything else does not open here.</summary>
internal sealed class SecretBox(IDataProtectionProvider provider) : ISecretBox
{
    // Part of what is stored: never changed.
    private const string Purpose = "postmill.account.secret.v1";

    // Refuses what is no Unicode text instead of sealing a replacement character: the password would silently be another one.
    private static readonly UTF8Encoding Text = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly IDataProtector _protector = provider.CreateProtector(Purpose);

    public byte[] Seal(string secret) => _protector.Protect(Text.GetBytes(secret));

    public string Open(byte[] sealedSecret)
    {
        try
        {
            return Text.GetString(_protector.Unprotect(sealedSecret));
        }
        catch (CryptographicException e)
        {
            throw new UnreadableSecretException(e);
        }
    }
}
