using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Postmill.Host.Http;

/// <summary>Positions in lists, made opaque so that clients do not build them. Not a secret: who alters one reads another place of his own list.</summary>
internal static class PageCursor
{
    private const int MaxLength = 500;

    public static string Encode(string position) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(position));

    public static bool TryDecode(string cursor, [NotNullWhen(true)] out string? position)
    {
        position = null;
        if (cursor.Length is 0 or > MaxLength || !Base64Url.IsValid(cursor)) return false;
        position = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor));
        return !position.Contains('\0');
    }
}
