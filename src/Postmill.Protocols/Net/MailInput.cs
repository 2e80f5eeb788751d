using System.Buffers;

namespace Postmill.Protocols.Net;

/// <summary>
/// The bytes a server sends: lines, and bodies of known length. One read buffer in front of the stream; large bodies bypass it and are
/// read straight into their destination. One reader at a time. Every wait counts against the step's budget (<see cref="MailTimeouts"/>).
/// </summary>
/// <remarks>Every method throws <see cref="MailServerException"/> (<see cref="MailFault.Disconnected"/>, <see cref="MailFault.TimedOut"/>,
/// <see cref="MailFault.LimitExceeded"/>), after which the transport is closed.</remarks>
public sealed class MailInput
{
    private readonly MailTransport _transport;
    private Stream _stream;
    private byte[]? _buffer;
    private int _start;
    private int _end;

    internal MailInput(MailTransport transport, Stream stream)
    {
        _transport = transport;
        _stream = stream;
    }

    /// <summary>Bytes received and not yet consumed.</summary>
    public int Buffered => _end - _start;

    /// <summary>Bytes received since the connection was made.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Give the read buffer back to the pool whenever it is empty: for connections that mostly wait (IDLE).</summary>
    public bool ReleaseWhileWaiting { get; set; }

    /// <summary>Appends one line to <paramref name="into"/>, without its ending; CRLF or a bare LF ends it.</summary>
    /// <param name="into">Where the line goes.</param>
    /// <param name="maxBytes">Longest line allowed; a longer one is <see cref="MailFault.LimitExceeded"/>.</param>
    public ValueTask ReadLineAsync(MailLineBuffer into, int maxBytes)
    {
        var lineStart = into.Length;
        return TryTakeLine(into, lineStart, maxBytes) ? ValueTask.CompletedTask : ReadLineSlowAsync(into, lineStart, maxBytes);
    }

    /// <summary>Fills <paramref name="destination"/> completely.</summary>
    public async ValueTask ReadExactlyAsync(Memory<byte> destination)
    {
        while (true)
        {
            destination = destination[TakeBuffered(destination.Span)..];
            if (destination.IsEmpty) return;
            if (destination.Length < NetLimits.DirectReadBytes) await FillAsync().ConfigureAwait(false);
            else destination = destination[await ReadAsync(destination).ConfigureAwait(false)..];
        }
    }

    /// <summary>Copies exactly <paramref name="count"/> bytes to <paramref name="sink"/>; null discards them.</summary>
    public async ValueTask CopyAsync(Stream? sink, long count, CancellationToken cancellationToken)
    {
        while (count > 0)
        {
            if (Buffered == 0) await FillAsync().ConfigureAwait(false);
            var chunk = (int)Math.Min(Buffered, count);
            if (sink is not null) await sink.WriteAsync(_buffer.AsMemory(_start, chunk), cancellationToken).ConfigureAwait(false);
            Consume(chunk);
            count -= chunk;
        }
    }

    internal bool HoldsBuffer => Volatile.Read(ref _buffer) is not null;

    internal void Switch(Stream stream) => _stream = stream;

    internal void Release()
    {
        if (_buffer is null) return;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _start = _end = 0;
    }

    private async ValueTask ReadLineSlowAsync(MailLineBuffer into, int lineStart, int maxBytes)
    {
        do await FillAsync().ConfigureAwait(false);
        while (!TryTakeLine(into, lineStart, maxBytes));
    }

    private bool TryTakeLine(MailLineBuffer into, int lineStart, int maxBytes)
    {
        var available = _buffer.AsSpan(_start, Buffered);
        var lineFeed = available.IndexOf((byte)'\n');
        var taken = lineFeed < 0 ? available : available[..lineFeed];
        if (into.Length - lineStart + (long)taken.Length > maxBytes)
            throw _transport.Fail(MailFault.LimitExceeded, $"The server sent a line of more than {maxBytes} bytes.");
        into.Append(taken);
        Consume(lineFeed < 0 ? taken.Length : taken.Length + 1);
        if (lineFeed < 0) return false;
        // The CR may have come with an earlier read, so it is looked for in the line and not in the buffer.
        if (into.Length > lineStart && into.Written[^1] == '\r') into.Truncate(into.Length - 1);
        return true;
    }

    private int TakeBuffered(Span<byte> destination)
    {
        var count = Math.Min(Buffered, destination.Length);
        if (count == 0) return 0;
        _buffer.AsSpan(_start, count).CopyTo(destination);
        Consume(count);
        return count;
    }

    private void Consume(int count)
    {
        _start += count;
        if (_start == _end) _start = _end = 0;
    }

    /// <summary>Receives at least one byte; only called with an empty buffer.</summary>
    private async ValueTask FillAsync()
    {
        if (ReleaseWhileWaiting)
        {
            Release();
            // A read of zero bytes completes when there is something to read, without holding a buffer (TLS gives its own back, too).
            await _transport.WaitAsync(_stream.ReadAsync(Memory<byte>.Empty, _transport.StepToken)).ConfigureAwait(false);
        }
        _buffer ??= ArrayPool<byte>.Shared.Rent(NetLimits.ReadBufferBytes);
        var count = await ReadAsync(_buffer).ConfigureAwait(false);
        (_start, _end) = (0, count);
    }

    private async ValueTask<int> ReadAsync(Memory<byte> destination)
    {
        var count = await _transport.WaitAsync(_stream.ReadAsync(destination, _transport.StepToken)).ConfigureAwait(false);
        if (count == 0) throw _transport.Fail(MailFault.Disconnected, "The server closed the connection.");
        BytesReceived += count;
        return count;
    }
}
