using System.Buffers;

namespace Postmill.Mail.Net;

/// <summary>
/// The lines a server sends before the guard takes over. One read buffer in front of the stream. One reader at a time. Every wait counts
/// against the step's budget (<see cref="MailTimeouts"/>).
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

    /// <summary>Appends one line to <paramref name="into"/>, without its ending; CRLF or a bare LF ends it.</summary>
    /// <param name="into">Where the line goes.</param>
    /// <param name="maxBytes">Longest line allowed; a longer one is <see cref="MailFault.LimitExceeded"/>.</param>
    public ValueTask ReadLineAsync(MailLineBuffer into, int maxBytes)
    {
        var lineStart = into.Length;
        return TryTakeLine(into, lineStart, maxBytes) ? ValueTask.CompletedTask : ReadLineSlowAsync(into, lineStart, maxBytes);
    }

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

    private void Consume(int count)
    {
        _start += count;
        if (_start == _end) _start = _end = 0;
    }

    /// <summary>Receives at least one byte; only called with an empty buffer.</summary>
    private async ValueTask FillAsync()
    {
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
