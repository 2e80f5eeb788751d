using System.Buffers;
using System.Text;
using Postmill.Adapters.Postgres.Messages.Reading;
using Postmill.Mail.Archives;

namespace Postmill.Adapters.Postgres.Messages.Exporting;

/// <summary>A mail as it stands in an mbox, with the line before it. Going back, and skipping ahead, makes it again from its start: a range costs at most the one mail that it begins in.</summary>
internal sealed class MboxMailStream(string separator, long length, Func<Stream> openRaw) : SeekableReadStream(length)
{
    private const int Chunk = 64 * 1024;

    private readonly ArrayBufferWriter<byte> _made = new(Chunk);
    private readonly byte[] _chunk = ArrayPool<byte>.Shared.Rent(Chunk);
    private MboxQuoting? _quoting;
    private Stream? _raw;
    private long _madeAt; // where _made begins
    private bool _returned;

    /// <summary>Octets that it will have.</summary>
    public static async Task<long> MeasureAsync(string separator, Stream raw, CancellationToken cancellationToken)
    {
        await using var mail = new MboxMailStream(separator, long.MaxValue, () => raw);
        mail.Begin();
        while (await mail.MakeAsync(cancellationToken)) continue;
        return mail._madeAt + mail._made.WrittenCount;
    }

    /// <exception cref="EndOfStreamException">The mail is shorter than it was when it was measured.</exception>
    protected override async ValueTask<int> ReadAtAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_quoting is null || position < _madeAt) Begin();
        while (position >= _madeAt + _made.WrittenCount)
            if (!await MakeAsync(cancellationToken)) throw new EndOfStreamException("a mail is shorter than its place in the export");
        var ready = _made.WrittenMemory[(int)(position - _madeAt)..];
        var count = Math.Min(ready.Length, buffer.Length);
        ready[..count].CopyTo(buffer);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_returned)
        {
            _returned = true;
            _raw?.Dispose();
            ArrayPool<byte>.Shared.Return(_chunk);
        }

        base.Dispose(disposing);
    }

    private void Begin()
    {
        _raw?.Dispose();
        _raw = openRaw();
        _quoting = new MboxQuoting();
        _madeAt = 0;
        _made.ResetWrittenCount();
        _made.Write(Encoding.ASCII.GetBytes(separator));
        _made.Write("\n"u8);
    }

    /// <summary>Replaces what was made by what comes next; false: that was the end.</summary>
    private async ValueTask<bool> MakeAsync(CancellationToken cancellationToken)
    {
        if (_raw is null) return false;
        _madeAt += _made.WrittenCount;
        _made.ResetWrittenCount();
        var count = await _raw.ReadAsync(_chunk.AsMemory(0, Chunk), cancellationToken);
        if (count > 0)
        {
            _quoting!.Append(_chunk.AsSpan(0, count), _made);
            return true;
        }

        _quoting!.End(_made);
        await _raw.DisposeAsync();
        _raw = null;
        return true;
    }
}
