namespace Postmill.Mail.Mime;

/// <summary>Message ids of Message-ID, In-Reply-To, References and Content-ID (RFC 5322 section 3.6.4), without angle brackets.</summary>
internal static class MessageIds
{
    /// <summary>The first id; a value without brackets counts as a whole.</summary>
    public static string? First(ReadOnlySpan<byte> value, MimeLimits limits)
    {
        var rest = value;
        while (TryBracketed(ref rest, out var id))
        {
            if (Text(id, limits) is { } text)
                return text;
        }
        return Text(value, limits);
    }

    /// <summary>All ids in order. Of too many the first ones are kept and the last, which names the parent.</summary>
    public static IReadOnlyList<string> All(ReadOnlySpan<byte> value, MimeLimits limits)
    {
        var ids = new List<string>();
        var rest = value;
        var any = false;
        ReadOnlySpan<byte> last = default;
        while (TryBracketed(ref rest, out var id))
        {
            any = true;
            last = id;
            if (ids.Count < limits.MaxReferences)
                Add(ids, id, limits);
        }
        if (any && ids.Count == limits.MaxReferences && Text(last, limits) is { } parent)
            ids[^1] = parent;
        if (!any)
            AddBare(value, ids, limits);
        return ids;
    }

    private static void AddBare(ReadOnlySpan<byte> value, List<string> ids, MimeLimits limits)
    {
        while (!value.IsEmpty && ids.Count < limits.MaxReferences)
        {
            value = value.TrimStart(" \t\r\n,"u8);
            var end = value.IndexOfAny(" \t\r\n,"u8);
            var word = end < 0 ? value : value[..end];
            if (word.Contains((byte)'@'))
                Add(ids, word, limits);
            value = value[word.Length..];
        }
    }

    private static void Add(List<string> ids, ReadOnlySpan<byte> id, MimeLimits limits)
    {
        if (Text(id, limits) is { } text)
            ids.Add(text);
    }

    private static bool TryBracketed(scoped ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> id)
    {
        id = default;
        var open = rest.IndexOf((byte)'<');
        if (open < 0)
            return false;
        rest = rest[(open + 1)..];
        var end = rest.IndexOfAny((byte)'>', (byte)'<');
        id = end < 0 ? rest : rest[..end];
        rest = end < 0 ? [] : rest[(rest[end] == '>' ? end + 1 : end)..];
        return true;
    }

    // Folding blanks inside an id are no part of it.
    private static string? Text(ReadOnlySpan<byte> id, MimeLimits limits)
    {
        id = id.Trim(" \t\r\n<>"u8);
        id = id[..Math.Min(id.Length, limits.MaxIdentifierChars * 4)];
        if (id.IsEmpty)
            return null;
        if (id.IndexOfAny(" \t\r\n"u8) < 0)
            return StorableText.Cut(Charsets.DecodeUndeclared(id), limits.MaxIdentifierChars);
        using var joined = new ByteBuffer(id.Length);
        foreach (var octet in id)
        {
            if (octet is not ((byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n'))
                joined.Append(octet);
        }
        return StorableText.Cut(Charsets.DecodeUndeclared(joined.Written), limits.MaxIdentifierChars);
    }
}
