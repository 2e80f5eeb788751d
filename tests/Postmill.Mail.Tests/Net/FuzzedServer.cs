using System.Diagnostics;
using System.Text;

namespace Postmill.Mail.Tests.Net;

/// <summary>
/// A server in memory whose answers are mutated and come in pieces of random size. It says nothing unasked and closes the connection only as one of the mutations, so that a client that it
/// has led astray waits. Everything goes on in place: when a write or a read returns, all that follows from it has happened.
/// </summary>
/// <param name="answer">What an honest server says to a line; the greeting to an empty one.</param>
/// <param name="random">Draws the harm and the pieces.</param>
/// <param name="harms">How many of the answers are harmed, of a thousand.</param>
internal sealed class FuzzedServer(Func<string, string?> answer, Random random, int harms) : Stream
{
    private static readonly string[] Words =
    [
        "(", ")", "((((((((", "\"", "\\", "{", "}", "{3}\r\n", "{0}\r\n", "{99999999999}\r\n", "[", "]", "\r\n", "\n", "\r", "\0", " ", "NIL", "*", "+", "%", "-1", "4294967296", "99999999999999999999",
        "* BYE\r\n", "* OK [", "* 1 FETCH (", "* 0 EXISTS\r\n", "+ \r\n", "250-", "354 ", "421 ", "334 ", "\uFFFD", "=?utf-8?q?=?=",
    ];

    private readonly List<byte> _said = [.. Encoding.Latin1.GetBytes(answer("") ?? "")];
    private readonly List<byte> _line = [];
    private int _read;
    private bool _isClosed;
    private TaskCompletionSource? _waiting;

    /// <summary>The most calls that lay on the stack at a read: how deeply the client has gone into what it reads.</summary>
    public int Deepest { get; private set; }

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Deepest = Math.Max(Deepest, new StackTrace().FrameCount);
        while (_read == _said.Count && !_isClosed)
        {
            _waiting = new TaskCompletionSource();
            using var silence = cancellationToken.UnsafeRegister(static waiting => ((TaskCompletionSource)waiting!).TrySetCanceled(), _waiting);
            await _waiting.Task;
        }
        var count = Math.Min(Math.Min(_said.Count - _read, buffer.Length), random.Next(1, 50));
        for (var at = 0; at < count; at++) buffer.Span[at] = _said[_read + at];
        _read += count;
        return count;
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        foreach (var octet in buffer.Span)
        {
            _line.Add(octet);
            if (octet != '\n') continue;
            var said = answer(Encoding.Latin1.GetString([.. _line]).TrimEnd('\r', '\n'));
            _line.Clear();
            if (said is not null) _said.AddRange(Harm(Encoding.Latin1.GetBytes(said)));
        }
        if (_read < _said.Count || _isClosed) _waiting?.TrySetResult();
        return ValueTask.CompletedTask;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() { }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        _isClosed = true;
        _waiting?.TrySetResult();
        base.Dispose(disposing);
    }

    private List<byte> Harm(byte[] said)
    {
        List<byte> harmed = [.. said];
        if (random.Next(1000) >= harms) return harmed;
        _isClosed = random.Next(20) == 0;
        for (var more = random.Next(1, 4); more > 0; more--)
        {
            var at = random.Next(harmed.Count + 1);
            switch (random.Next(5))
            {
                case 0 when at < harmed.Count: harmed[at] = (byte)random.Next(256); break;
                case 1 when at < harmed.Count: harmed[at] ^= (byte)(1 << random.Next(8)); break;
                case 2 when at < harmed.Count: harmed.RemoveRange(at, random.Next(1, Math.Min(10, harmed.Count - at) + 1)); break;
                case 3: harmed.InsertRange(at, harmed.Take(random.Next(harmed.Count + 1)).ToList()); break;
                default: harmed.InsertRange(at, Encoding.Latin1.GetBytes(Words[random.Next(Words.Length)])); break;
            }
        }
        return harmed;
    }
}
