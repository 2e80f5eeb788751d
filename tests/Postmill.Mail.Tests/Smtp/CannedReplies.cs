using System.Text;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>A server in memory: the next reply comes after each line it was sent, in pieces of random size; after the last one it hangs up.</summary>
internal sealed class CannedReplies(IReadOnlyList<byte[]> replies, Random random) : Stream
{
    private int _reply;
    private int _at;

    public static IReadOnlyList<byte[]> Of(params string[] replies) => [.. replies.Select(Encoding.UTF8.GetBytes)];

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_reply >= replies.Count) return ValueTask.FromResult(0);
        var left = replies[_reply].AsMemory(_at);
        var count = Math.Min(Math.Min(left.Length, buffer.Length), random.Next(1, 50));
        left[..count].CopyTo(buffer);
        _at += count;
        return ValueTask.FromResult(count);
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _reply++;
        _at = 0;
        return ValueTask.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
