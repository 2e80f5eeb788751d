namespace Postmill.Mail.Net;

/// <summary>Finds the end of what DATA carries, CRLF.CRLF (RFC 5321 section 4.1.1.4), over any number of writes. The CRLF of DATA itself counts for an empty content.</summary>
internal struct ContentEnd()
{
    private int _matched = 2;

    /// <summary>How many octets of the write belong to the content and its end; null when the end is not in it.</summary>
    public int? Find(ReadOnlySpan<byte> written)
    {
        for (var at = 0; at < written.Length; at++)
        {
            if (_matched == 0)
            {
                var next = written[at..].IndexOf((byte)'\r');
                if (next < 0) return null;
                at += next;
            }
            var octet = written[at];
            if (octet == "\r\n.\r\n"u8[_matched]) _matched++;
            else _matched = octet == '\r' ? 1 : 0;
            if (_matched == 5) return at + 1;
        }
        return null;
    }
}
