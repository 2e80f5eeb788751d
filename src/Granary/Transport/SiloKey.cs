using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace Granary.Transport;

/// <summary>What silos show each other, made of their secret: the secret itself never leaves the process.</summary>
internal sealed class SiloKey(IOptions<TransportOptions> options)
{
    private readonly byte[] _text = Encoding.ASCII.GetBytes(Convert.ToHexString(HMACSHA256.HashData(Encoding.UTF8.GetBytes(options.Value.Secret), "granary call 1"u8)));

    public string Text => Encoding.ASCII.GetString(_text);

    /// <summary>Compares in a time that tells nothing of how much was right.</summary>
    public bool Matches(string shown) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(shown), _text);
}
