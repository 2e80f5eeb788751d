using System.Security.Cryptography;
using System.Text;

namespace Postmill.Domain.Access;

/// <summary>Session tokens and API keys: 256 random bits in hex. Only the SHA-256 is stored; with so many bits it needs neither salt nor stretching.</summary>
public static class SecretToken
{
    public const string ApiKeyMark = "msk_";
    private const int RandomBytes = 32;
    private const int ShownDigits = 8;

    public static string NewSession(RandomNumberGenerator random) => Hex(random);

    public static string NewApiKey(RandomNumberGenerator random) => ApiKeyMark + Hex(random);

    public static bool LooksLikeApiKey(string presented) =>
        presented.Length == ApiKeyMark.Length + RandomBytes * 2
        && presented.StartsWith(ApiKeyMark, StringComparison.Ordinal)
        && presented.AsSpan(ApiKeyMark.Length).IndexOfAnyExceptInRange('0', 'f') < 0;

    /// <summary>What a list shows so that its owner recognizes the key.</summary>
    public static string Prefix(string apiKey) => apiKey[..(ApiKeyMark.Length + ShownDigits)];

    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private static string Hex(RandomNumberGenerator random)
    {
        var bytes = new byte[RandomBytes];
        random.GetBytes(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
