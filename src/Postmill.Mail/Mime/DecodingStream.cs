namespace Postmill.Mail.Mime;

/// <summary>Forward-only decoded view of a part's octets. Holds one piece of input and what it decodes to, never the whole part.</summary>
internal sealed class DecodingStream(Stream encoded, string encoding) : Stream
{
    private readonly byte[] _input = new byte[TransferDecoder.MaxPiece / 4];
    private readonly ByteBuffer _output = new(TransferDecoder.MaxPiece / 4);
    private readonly TransferDecoder _decoder = new(encoding);
    private int _given;
    private bool _ended;
    private bool _disposed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override int Read(Span<byte> buffer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        while (_given == _output.Length && !_ended)
            Decode(encoded.Read(_input));
        return Give(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        while (_given == _output.Length && !_ended)
            Decode(await encoded.ReadAsync(_input, cancellationToken).ConfigureAwait(false));
        return Give(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _output.Dispose();
            encoded.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Decode(int read)
    {
        _output.Clear();
        _given = 0;
        if (read > 0)
        {
            _decoder.Feed(_input.AsSpan(0, read), _output);
            return;
        }
        _ended = true;
        _decoder.Finish(_output);
    }

    private int Give(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _output.Length - _given);
        _output.Written.Slice(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }
}
