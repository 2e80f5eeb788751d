namespace Postmill.Mail.Net;

/// <summary>What the answer to an IMAP command may hold, as far as the guard makes a difference.</summary>
internal enum ImapVerb
{
    Other,
    Idle,
    Logout,

    /// <summary>FETCH, of anything but content.</summary>
    Fetch,

    /// <summary>FETCH of a body or a part of it.</summary>
    FetchBody,
}

/// <summary>Reads the commands that MailKit writes, in whatever pieces. A literal of an APPEND is content and never a command, whatever stands in it.</summary>
internal sealed class ImapCommandReader
{
    // A tag of ten octets and "UID FETCH ".
    private const int HeadBytes = 24;

    private readonly byte[] _head = new byte[HeadBytes];
    private int _headLength;
    private bool _isEnded;
    private bool _hasSection;
    private bool _braceClosed;
    private long _number;
    private long _literal;

    /// <summary>The command under way.</summary>
    public ImapVerb Verb { get; private set; }

    /// <summary>Takes what is written next.</summary>
    public void Take(ReadOnlySpan<byte> written)
    {
        while (!written.IsEmpty)
        {
            if (_literal > 0)
            {
                var inside = (int)Math.Min(_literal, written.Length);
                _literal -= inside;
                written = written[inside..];
                continue;
            }
            Take(written[0]);
            written = written[1..];
        }
        Verb = VerbOf(_head.AsSpan(0, _headLength));
    }

    private void Take(byte octet)
    {
        if (_isEnded)
        {
            _isEnded = _hasSection = false;
            _headLength = 0;
        }
        if (_headLength < HeadBytes) _head[_headLength++] = octet;
        switch (octet)
        {
            case (byte)'[':
                _hasSection = true;
                break;
            case (byte)'{':
                _number = 0;
                break;
            case >= (byte)'0' and <= (byte)'9':
                _number = _number * 10 + (octet - '0');
                break;
            case (byte)'}':
                _braceClosed = true;
                return;
            case (byte)'\r' or (byte)'+':
                return;
            case (byte)'\n':
                if (_braceClosed) _literal = _number;
                _isEnded = !_braceClosed;
                break;
        }
        _braceClosed = false;
    }

    private ImapVerb VerbOf(ReadOnlySpan<byte> head)
    {
        // "A00000012 UID FETCH 1:*"; DONE has no tag.
        var command = head[(head.IndexOf((byte)' ') + 1)..];
        if (command.SequenceEqual("IDLE\r\n"u8)) return ImapVerb.Idle;
        if (command.SequenceEqual("LOGOUT\r\n"u8)) return ImapVerb.Logout;
        if (!command.StartsWith("FETCH "u8) && !command.StartsWith("UID FETCH "u8)) return ImapVerb.Other;
        return _hasSection ? ImapVerb.FetchBody : ImapVerb.Fetch;
    }
}
