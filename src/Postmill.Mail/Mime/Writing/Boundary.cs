using System.Security.Cryptography;
using System.Text;

namespace Postmill.Mail.Mime.Writing;

/// <summary>
/// Boundaries (RFC 2046 section 5.1.1). They come out of the Message-ID, which is random, so that a mail is composed to the same octets again; no
/// content holds one: "=_" is possible in neither base64 nor quoted-printable, and what goes unencoded is searched.
/// </summary>
internal static class Boundary
{
    /// <summary>What all boundaries of a mail begin with.</summary>
    /// <param name="messageId">The mail's id without angle brackets.</param>
    /// <param name="unencoded">All contents that go unencoded.</param>
    public static string Stem(string messageId, IReadOnlyList<ReadOnlyMemory<byte>> unencoded)
    {
        for (var round = 0; ; round++)
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{round}:{messageId}"));
            var stem = $"=_{Convert.ToHexStringLower(hash.AsSpan(0, 12))}";
            var octets = Encoding.ASCII.GetBytes(stem);
            if (unencoded.All(content => content.Span.IndexOf(octets) < 0))
                return stem;
        }
    }
}
