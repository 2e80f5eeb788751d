using System.Buffers;

namespace Postmill.Mail.Archives;

/// <summary>
/// A mail as it stands in an mbox (RFC 4155, "mboxrd"): lines end with LF, a line that begins with any number of <c>&gt;</c> and then <c>From </c> gets one more <c>&gt;</c>, so that
/// a reader can take it away again; the last line ends, and an empty one follows. Fed in chunks; never throws on any octets, and holds a few of them back at most.
/// </summary>
public sealed class MboxQuoting
{
    private static readonly SearchValues<byte> LineEnds = SearchValues.Create("\r\n"u8);

    private int _matched;          // octets of "From " that the line has shown so far, held back
    private bool _lineStart = true; // nothing but > since the line began
    private bool _ended = true;     // the last octet written ended a line
    private bool _cr;               // a CR that may be half of a line end, held back

    private static ReadOnlySpan<byte> From => "From "u8;

    /// <summary>Writes what can be said of this chunk.</summary>
    public void Append(ReadOnlySpan<byte> mail, IBufferWriter<byte> to)
    {
        while (!mail.IsEmpty)
        {
            if (_cr) EndCarriageReturn(mail[0], to);
            if (_lineStart && TryAtLineStart(ref mail, to)) continue;
            var end = mail.IndexOfAny(LineEnds);
            if (end != 0)
            {
                var text = end < 0 ? mail : mail[..end];
                Write(to, text);
                mail = mail[text.Length..];
                continue;
            }

            if (mail[0] == '\r') _cr = true;
            else EndLine(to);
            mail = mail[1..];
        }
    }

    /// <summary>The mail is over: what was held back, the end of its last line, the empty line.</summary>
    public void End(IBufferWriter<byte> to)
    {
        if (_cr) EndCarriageReturn(next: 0, to);
        FlushMatched(to);
        if (!_ended) Write(to, "\n"u8);
        Write(to, "\n"u8);
    }

    /// <summary>True: an octet was taken, and it still may be a line to quote.</summary>
    private bool TryAtLineStart(ref ReadOnlySpan<byte> mail, IBufferWriter<byte> to)
    {
        if (mail[0] == From[_matched])
        {
            mail = mail[1..];
            if (++_matched < From.Length) return true;
            (_matched, _lineStart) = (0, false);
            Write(to, ">From "u8);
            return true;
        }

        if (_matched == 0 && mail[0] == '>')
        {
            Write(to, mail[..1]);
            mail = mail[1..];
            return true;
        }

        FlushMatched(to);
        _lineStart = false;
        return false;
    }

    private void EndCarriageReturn(byte next, IBufferWriter<byte> to)
    {
        _cr = false;
        if (next != '\n') Write(to, "\r"u8);
    }

    private void EndLine(IBufferWriter<byte> to)
    {
        Write(to, "\n"u8);
        (_lineStart, _ended) = (true, true);
    }

    private void FlushMatched(IBufferWriter<byte> to)
    {
        Write(to, From[.._matched]);
        _matched = 0;
    }

    private void Write(IBufferWriter<byte> to, ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty) return;
        to.Write(octets);
        _ended = false;
    }
}
