using Postmill.Protocols.Mime;

namespace Postmill.Protocols.Dkim;

/// <summary>One header field in relaxed form (RFC 6376 section 3.4.2), its line end left out.</summary>
internal static class RelaxedHeader
{
    public static void Write(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, ByteBuffer to)
    {
        foreach (var octet in name)
            to.Append((byte)char.ToLowerInvariant((char)octet));
        to.Append((byte)':');
        var start = to.Length;
        var blank = false;
        foreach (var octet in value)
        {
            // Unfolding takes line ends out, and a fold is followed by a blank that stays one.
            if (octet is (byte)'\r' or (byte)'\n')
                continue;
            if (octet is (byte)' ' or (byte)'\t')
            {
                blank = true;
                continue;
            }
            if (blank && to.Length > start)
                to.Append((byte)' ');
            blank = false;
            to.Append(octet);
        }
    }
}
