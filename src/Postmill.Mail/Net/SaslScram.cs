using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Postmill.Mail.Net;

/// <summary>
/// The client's side of SCRAM-SHA-256 (RFC 5802, RFC 7677) without channel binding: the password never travels, and the server has to prove
/// that it knows it too.
/// <code>
///   First ─► challenge ─► Final(challenge) ─► challenge ─► Verify(challenge) ─► IsVerified
/// </code>
/// </summary>
public sealed class SaslScram
{
    /// <summary>The name as servers announce it.</summary>
    public const string Mechanism = "SCRAM-SHA-256";

    /// <summary>Fewest rounds that we answer (RFC 7677 section 4): with one round, whoever made the challenge could guess the password from the answer.</summary>
    public const int MinIterations = 4096;

    /// <summary>Most rounds: about half a second of a processor.</summary>
    public const int MaxIterations = 1_000_000;

    /// <summary>Bytes of randomness in a nonce.</summary>
    public const int NonceBytes = 24;

    // "n,," in base64: no channel binding, no other authorization identity.
    private const string NoBinding = "n,,", NoBindingEncoded = "biws";

    // A server that has more to say than this says something else.
    private const int ChallengeLength = 4096;

    private readonly byte[] _password;
    private readonly string _nonce;
    private readonly string _firstBare;
    private byte[]? _serverSignature;

    /// <param name="credential">User and password.</param>
    /// <param name="nonce">Printable ASCII without commas, never used before.</param>
    public SaslScram(MailCredential credential, string nonce)
    {
        if (nonce.Length == 0 || nonce.AsSpan().ContainsAnyExceptInRange('!', '~') || nonce.Contains(',', StringComparison.Ordinal)) throw new ArgumentException("Not a nonce.", nameof(nonce));
        _password = Encoding.UTF8.GetBytes(SaslPrep.Prepare(credential.Secret));
        _nonce = nonce;
        // RFC 5802 section 5.1: "," and "=" in the name are escaped.
        var user = SaslPrep.Prepare(credential.User).Replace("=", "=3D", StringComparison.Ordinal).Replace(",", "=2C", StringComparison.Ordinal);
        _firstBare = $"n={user},r={nonce}";
        First = Convert.ToBase64String(Encoding.UTF8.GetBytes(NoBinding + _firstBare));
    }

    /// <summary>The first message, base64.</summary>
    public string First { get; }

    /// <summary>Whether the answer with the proof was made, so that a refusal from now on is about the password.</summary>
    public bool IsProofMade => _serverSignature is not null;

    /// <summary>Whether the server proved that it knows the password. Without it, a success is none.</summary>
    public bool IsVerified { get; private set; }

    /// <summary>The answer to the server's first message, both base64.</summary>
    /// <exception cref="MailServerException">ProtocolError: not such a message, not our nonce, too few or too many iterations.</exception>
    public string Final(string challenge)
    {
        var serverFirst = Decoded(challenge);
        if (serverFirst.Split(',') is not [var r, var s, var i, ..] || !r.StartsWith("r=", StringComparison.Ordinal) || !s.StartsWith("s=", StringComparison.Ordinal) || !i.StartsWith("i=", StringComparison.Ordinal)) throw Broken();
        var nonce = r[2..];
        if (nonce.Length <= _nonce.Length || !nonce.StartsWith(_nonce, StringComparison.Ordinal)) throw Broken();
        if (!int.TryParse(i.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var iterations)) throw Broken();
        if (iterations is < MinIterations or > MaxIterations) throw new MailServerException(MailFault.ProtocolError, $"The server asks for {iterations} iterations of SCRAM.");

        var salted = Rfc2898DeriveBytes.Pbkdf2(_password, Bytes(s[2..]), iterations, HashAlgorithmName.SHA256, SHA256.HashSizeInBytes);
        var withoutProof = $"c={NoBindingEncoded},r={nonce}";
        var authMessage = Encoding.UTF8.GetBytes($"{_firstBare},{serverFirst},{withoutProof}");
        var clientKey = HMACSHA256.HashData(salted, "Client Key"u8);
        var proof = HMACSHA256.HashData(SHA256.HashData(clientKey), authMessage);
        for (var at = 0; at < proof.Length; at++) proof[at] ^= clientKey[at];
        _serverSignature = HMACSHA256.HashData(HMACSHA256.HashData(salted, "Server Key"u8), authMessage);
        return Convert.ToBase64String(Encoding.UTF8.GetBytes($"{withoutProof},p={Convert.ToBase64String(proof)}"));
    }

    /// <summary>Checks the server's last message, base64; false when it reports an error (<c>e=</c>).</summary>
    /// <exception cref="MailServerException">ProtocolError: the server does not know the password that it accepts.</exception>
    public bool Verify(string challenge)
    {
        var serverFinal = Decoded(challenge);
        if (serverFinal.StartsWith("e=", StringComparison.Ordinal)) return false;
        if (_serverSignature is null || !serverFinal.StartsWith("v=", StringComparison.Ordinal)) throw Broken();
        IsVerified = CryptographicOperations.FixedTimeEquals(Bytes(serverFinal[2..].Split(',')[0]), _serverSignature);
        return IsVerified ? true : throw new MailServerException(MailFault.ProtocolError, "The server did not prove that it knows the password.");
    }

    /// <inheritdoc/>
    public override string ToString() => Mechanism;

    private static string Decoded(string challenge) => Encoding.UTF8.GetString(Bytes(challenge));

    private static byte[] Bytes(string base64)
    {
        var bytes = new byte[base64.Length];
        return base64.Length <= ChallengeLength && Convert.TryFromBase64String(base64, bytes, out var count) ? bytes[..count] : throw Broken();
    }

    private static MailServerException Broken() => new(MailFault.ProtocolError, "The server's side of SCRAM makes no sense.");
}
