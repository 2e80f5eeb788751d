using System.Security.Cryptography;
using System.Text;

namespace Postmill.Protocols.Mime.Writing;

/// <summary>
/// Boundaries (RFC 2046 section 5.1.1). They come out of the Message-ID, which is random, so that a mail is composed to the same octets again; no
/// content holds one: "=_" is possible in neither base64 nor quoted-printable, and what goes unencoded is searched.
/// </summary>
internal static class Boundary
{
    /// <summary>What all boundaries of a mail begin with.</summary>
    public static string Stem(string messageId, Entity root)
    {
        for (var round = 0; ; round++)
        {
            var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{round}:{messageId}"));
            var stem = $"=_{Convert.ToHexStringLower(hash.AsSpan(0, 12))}";
            if (!IsIn(root, Encoding.ASCII.GetBytes(stem)))
                return stem;
        }
    }

    private static bool IsIn(Entity entity, byte[] stem) => entity switch
    {
        Entity.Text { Content.Encoding: "7bit" } text => text.Content.Octets.AsSpan().IndexOf(stem) >= 0,
        Entity.File { Verbatim: true } file => file.Source.Content.Octets.Span.IndexOf(stem) >= 0,
        Entity.Multipart multipart => multipart.Parts.Any(part => IsIn(part, stem)),
        _ => false,
    };
}
