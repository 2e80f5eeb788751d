namespace Postmill.Mail.Imap;

/// <summary>Where MailKit puts a content: an array of exactly its size, or nowhere.</summary>
/// <param name="length">Octets, as announced.</param>
/// <param name="isKept">Whether it is wanted.</param>
/// <param name="isUnclaimed">Its UID was not said before it.</param>
internal sealed class MailBody(int length, bool isKept, bool isUnclaimed) : Stream
{
    private int _position;

    /// <summary>The octets; null when they are not kept.</summary>
    public byte[]? Octets { get; } = isKept ? GC.AllocateUninitializedArray<byte>(length) : null;

    public bool IsUnclaimed => isUnclaimed;

    /// <summary>Whether the server sent a content at all: MailKit goes back to the beginning of one, be it empty, and not of a NIL.</summary>
    public bool IsSent { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => length;

    public override long Position
    {
        get => _position;
        set => (_position, IsSent) = ((int)value, true);
    }

    public override void Write(byte[] buffer, int offset, int count)
    {
        if (Octets is not null) buffer.AsSpan(offset, count).CopyTo(Octets.AsSpan(_position));
        _position += count;
    }

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
