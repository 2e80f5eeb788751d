using System.Buffers;

namespace Postmill.Mail.Net;

/// <summary>
/// Stands between MailKit and the connection, so that MailKit is never given what it does not bear. TLS lies below: under TLS of MailKit's own it would see nothing but ciphertext.
/// <code>
///   MailKit ◄── lines and replies within <see cref="GuardLimits"/> ── GuardedStream ◄── SslStream ◄── socket
/// </code>
/// Each step has a budget of silence (<see cref="MailTimeouts"/>), which octets earn back. Every fault is a <see cref="MailServerException"/>, after which the connection is closed.
/// One reader and one writer at a time.
/// </summary>
public abstract class GuardedStream : Stream
{
    /// <summary>For MailKit, which puts a name into a Uri, and that does not take every name that resolves. The guard is connected already.</summary>
    private protected const string NoHost = "localhost";

    private readonly MailStep _step;
    private ReadOnlyMemory<byte> _ahead;
    private byte[]? _buffer;
    private int _start;
    private int _end;
    private int _held;

    /// <param name="transport">Connected and, where it is to be, secured.</param>
    /// <param name="greeting">What the server said before STARTTLS, to be read first; empty when it has yet to greet.</param>
    /// <param name="limits">What the server may say.</param>
    private protected GuardedStream(MailTransport transport, ReadOnlyMemory<byte> greeting, GuardLimits limits)
    {
        Transport = transport;
        Limits = limits;
        _ahead = greeting;
        _step = transport.BeginStep("greeting", transport.Options.Timeouts.Greeting, CancellationToken.None);
    }

    /// <summary>Octets received since the connection was made.</summary>
    public long BytesReceived { get; private set; }

    /// <summary>Whether the connection is closed, by us or because of a fault.</summary>
    public bool IsClosed => Transport.IsClosed;

    /// <summary>Whether TLS protects the connection.</summary>
    public bool IsSecure => Transport.IsSecure;

    /// <summary>Ends <see cref="MailTimeouts.Total"/>: the connection was checked and now lives on.</summary>
    public void LiftTotal() => Transport.LiftTotal();

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    private protected MailTransport Transport { get; }

    private protected GuardLimits Limits { get; }

    private protected MailTimeouts Timeouts => Transport.Options.Timeouts;

    /// <summary>Octets that were received and inspected and are not yet read.</summary>
    private protected ReadOnlySpan<byte> Received => _buffer.AsSpan(_start, _end - _start);

    /// <summary>Whether the connection mostly waits now, so that the read buffer is given back whenever it is empty.</summary>
    private protected virtual bool MostlyWaits => false;

    /// <summary>
    /// Whether we have said goodbye. From then on the end of the connection, whatever ended it, is the end of the stream and no fault: MailKit bears that, and what is to come is the server's
    /// goodbye at most.
    /// </summary>
    private protected virtual bool IsLeaving => false;

    /// <summary>Whether octets are being received beside the reader, who then has to wait for that.</summary>
    private protected virtual bool IsListening => false;

    /// <summary>How many of the received octets may be read now.</summary>
    private protected virtual int Readable => _end - _start - _held;

    internal bool HoldsBuffer => Volatile.Read(ref _buffer) is not null;

    /// <inheritdoc/>
    public sealed override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = IsListening ? 0 : Take(buffer.Span);
        return count > 0 || buffer.IsEmpty ? ValueTask.FromResult(count) : ReceiveIntoAsync(buffer, cancellationToken);
    }

    /// <inheritdoc/>
    public sealed override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var registration = AbortOn(cancellationToken);
        try
        {
            await Transport.WriteAsync(buffer).ConfigureAwait(false);
        }
        catch (MailServerException e) when (cancellationToken.IsCancellationRequested)
        {
            throw Cancelled(e, cancellationToken);
        }
        catch (MailServerException) when (IsLeaving)
        {
            // Nobody hears our goodbye.
            Transport.Abort();
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public sealed override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <inheritdoc/>
    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Nothing to do: every write is flushed.</summary>
    public override void Flush()
    {
    }

    /// <summary>Not there: a wait that blocks a thread has no budget.</summary>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>Not there either.</summary>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>
    /// Sees octets before MailKit does; throws what <see cref="Transport"/> makes when they break a limit. Some may be left out: those that stay are moved together at the beginning.
    /// Those that cannot be judged yet are held back, and come again with the next.
    /// </summary>
    /// <returns>How many stay, and how many behind them are held.</returns>
    private protected abstract (int Passed, int Held) Inspect(Span<byte> received);

    /// <summary>Waits for what has to come before a read can be served; the default is the next octets of the server.</summary>
    private protected virtual ValueTask AwaitReadableAsync(CancellationToken cancellationToken) => ReceiveAsync(cancellationToken);

    /// <summary>Receives at least one octet behind those that are not yet read.</summary>
    private protected async ValueTask ReceiveAsync(CancellationToken cancellationToken)
    {
        var registration = AbortOn(cancellationToken);
        try
        {
            if (MostlyWaits && _start == _end) await AwaitOctetsAsync().ConfigureAwait(false);
            _buffer ??= ArrayPool<byte>.Shared.Rent(NetLimits.ReadBufferBytes);
            MakeRoom(_buffer);
            var count = await Transport.ReadAsync(_buffer.AsMemory(_end)).ConfigureAwait(false);
            if (count == 0) throw Transport.Fail(MailFault.Disconnected, "The server closed the connection.");
            BytesReceived += count;
            var from = _end - _held;
            var (passed, held) = Inspect(_buffer.AsSpan(from, _held + count));
            _held = held;
            _end = from + passed + held;
            // All of it may have been left out.
            if (_start == _end) _start = _end = 0;
        }
        catch (MailServerException e) when (cancellationToken.IsCancellationRequested)
        {
            throw Cancelled(e, cancellationToken);
        }
        finally
        {
            await registration.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Called with how many octets were read.</summary>
    private protected virtual void OnRead(int count)
    {
    }

    /// <summary>Begins a step with its own budget of silence.</summary>
    private protected void BeginStep(string name, TimeSpan budget) => _step.Restart(name, budget);

    /// <summary>A whole line was heard: the server is at work.</summary>
    private protected void RefillBudget() => _step.Refill(Limits.MaxStretch);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        // The read buffer is left to the collector: a read that is still waiting may hold it.
        if (disposing) Transport.Close();
        base.Dispose(disposing);
    }

    private async ValueTask<int> ReceiveIntoAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int count;
        try
        {
            do await AwaitReadableAsync(cancellationToken).ConfigureAwait(false);
            while ((count = Take(buffer.Span)) == 0);
        }
        catch (MailServerException) when (IsLeaving)
        {
            return 0;
        }
        return count;
    }

    private int Take(Span<byte> into)
    {
        if (!_ahead.IsEmpty)
        {
            var first = Math.Min(_ahead.Length, into.Length);
            _ahead.Span[..first].CopyTo(into);
            _ahead = _ahead[first..];
            return first;
        }
        var count = Math.Min(Readable, into.Length);
        if (count == 0) return 0;
        _buffer.AsSpan(_start, count).CopyTo(into);
        _start += count;
        if (_start == _end) _start = _end = 0;
        OnRead(count);
        return count;
    }

    private void MakeRoom(byte[] buffer)
    {
        if (_end < buffer.Length) return;
        if (_start == 0) throw Transport.Exceeded(MailLimit.Answer, $"The server sent {buffer.Length} bytes that nobody asked for.");
        buffer.AsSpan(_start, _end - _start).CopyTo(buffer);
        (_start, _end) = (0, _end - _start);
    }

    // A read of no octets completes when there is something to read, without holding a buffer (TLS gives its own back, too).
    private async ValueTask AwaitOctetsAsync()
    {
        if (_buffer is not null) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        await Transport.ReadAsync(Memory<byte>.Empty).ConfigureAwait(false);
    }

    private CancellationTokenRegistration AbortOn(CancellationToken cancellationToken)
        => cancellationToken.UnsafeRegister(static transport => ((MailTransport)transport!).Abort(), Transport);

    private static OperationCanceledException Cancelled(MailServerException lost, CancellationToken cancellationToken)
        => new("The mail operation was cancelled.", lost, cancellationToken);
}
