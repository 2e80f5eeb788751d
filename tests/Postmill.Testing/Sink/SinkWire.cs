using System.Buffers;
using System.Text;

namespace Postmill.Testing.Sink;

/// <summary>The server's side of a connection: lines in, answers out. Answers gather until the sink would wait for more, as RFC 2920 §3.2 wants of a server.</summary>
internal sealed class SinkWire(Stream stream)
{
    private const int LongestLine = 64 * 1024;

    private readonly byte[] _in = new byte[LongestLine];
    private readonly ArrayBufferWriter<byte> _out = new();
    private int _at, _end;

    public Stream Stream { get; } = stream;

    /// <summary>What has come and was not looked at yet.</summary>
    public ReadOnlyMemory<byte> Pending => _in.AsMemory(_at, _end - _at);

    public void Consume(int count) => _at += count;

    /// <summary>A line without its end; null when the client has gone or speaks no lines. Bare LF ends one too.</summary>
    public async Task<(string Text, bool BareLf)?> ReadLineAsync(CancellationToken ct)
    {
        int length;
        while ((length = Pending.Span.IndexOf((byte)'\n')) < 0)
        {
            if (_end - _at == LongestLine || !await FillAsync(ct)) return null;
        }

        var bare = length == 0 || Pending.Span[length - 1] != '\r';
        var text = Encoding.UTF8.GetString(Pending.Span[..(bare ? length : length - 1)]);
        Consume(length + 1);
        return (text, bare);
    }

    /// <summary>More in <see cref="Pending"/>; false when the client has gone.</summary>
    public async Task<bool> FillAsync(CancellationToken ct)
    {
        await FlushAsync(ct);
        if (_at > 0) _in.AsSpan(_at, _end - _at).CopyTo(_in);
        (_at, _end) = (0, _end - _at);
        var count = await Stream.ReadAsync(_in.AsMemory(_end), ct);
        _end += count;
        return count > 0;
    }

    public void Write(string text) => _out.Write(Encoding.UTF8.GetBytes(text));

    public async Task FlushAsync(CancellationToken ct)
    {
        if (_out.WrittenCount == 0) return;
        await Stream.WriteAsync(_out.WrittenMemory, ct);
        _out.ResetWrittenCount();
    }

    /// <summary>What was written goes byte by byte.</summary>
    public async Task TrickleAsync(TimeSpan pace, TimeProvider time, CancellationToken ct)
    {
        var bytes = _out.WrittenSpan.ToArray();
        _out.ResetWrittenCount();
        for (var i = 0; i < bytes.Length; i++)
        {
            if (pace > TimeSpan.Zero && i > 0) await Task.Delay(pace, time, ct);
            await Stream.WriteAsync(bytes.AsMemory(i, 1), ct);
        }
    }

    /// <summary>Reads and says nothing until the client goes.</summary>
    public async Task DiscardAsync(CancellationToken ct)
    {
        do Consume(_end - _at);
        while (await FillAsync(ct));
    }
}
