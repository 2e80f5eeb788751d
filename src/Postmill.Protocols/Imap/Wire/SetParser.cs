using System.Buffers.Text;

namespace Postmill.Protocols.Imap.Wire;

/// <summary>Sequence sets (RFC 9051 §9): ranges stay ranges.</summary>
internal static class SetParser
{
    /// <summary>A set such as <c>4:2,7,9:*</c>; null when it is not one.</summary>
    public static UidSet? TryParse(ReadOnlySpan<byte> text)
    {
        var set = new UidSetBuilder();
        while (true)
        {
            if (!TryUid(ref text, out var first)) return null;
            var last = first;
            if (text is [(byte)':', ..])
            {
                text = text[1..];
                if (!TryUid(ref text, out last)) return null;
            }
            set.Add(first, last);
            if (text.IsEmpty) return set.Build();
            if (text[0] != ',') return null;
            text = text[1..];
        }
    }

    private static bool TryUid(ref ReadOnlySpan<byte> text, out uint uid)
    {
        uid = uint.MaxValue;
        var used = 1;
        if (text is not [(byte)'*', ..] && (!Utf8Parser.TryParse(text, out uid, out used) || text[0] == '+')) return false;
        text = text[used..];
        return true;
    }
}
