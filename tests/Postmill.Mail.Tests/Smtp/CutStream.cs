using System.Text;
using System.Threading.Channels;
using Postmill.Mail.Net;
using Postmill.Mail.Smtp;
using Postmill.Testing;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>
/// A server in memory that says what <paramref name="answer"/> makes of each write, and a connection that breaks at one write: before it is through, or after.
/// Reads wait, as a socket's do.
/// </summary>
internal sealed class CutStream(Func<byte[], string?> answer, int breaksAt, bool afterIt) : Stream
{
    private readonly Channel<byte[]> _replies = Channel.CreateUnbounded<byte[]>();

    public List<byte[]> Writes { get; } = [];

    /// <summary>Writes that were begun, also those that failed.</summary>
    public int Begun { get; private set; }

    /// <summary>Opens a session on it, over a clock that stands still. The greeting is said; EHLO is the first write.</summary>
    public Task<SmtpConnection> OpenAsync()
    {
        Say("220 mail.test ESMTP ready\r\n");
        return this.OpenSmtpAsync();
    }

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (!await _replies.Reader.WaitToReadAsync(cancellationToken) || !_replies.Reader.TryRead(out var reply)) return 0;
        reply.CopyTo(buffer);
        return reply.Length;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Begun++;
        var breaks = Writes.Count == breaksAt;
        if (breaks) _replies.Writer.TryComplete();
        if (breaks && !afterIt) throw new IOException("cut");
        Writes.Add(buffer.ToArray());
        if (answer(Writes[^1]) is { } reply) _replies.Writer.TryWrite(Encoding.Latin1.GetBytes(reply));
        return ValueTask.CompletedTask;
    }

    /// <summary>Says something without being asked.</summary>
    public void Say(string words) => _replies.Writer.TryWrite(Encoding.Latin1.GetBytes(words));

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _replies.Writer.TryComplete();
        base.Dispose(disposing);
    }
}
