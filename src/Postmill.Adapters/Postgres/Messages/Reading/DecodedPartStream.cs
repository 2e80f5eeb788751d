using System.Security.Cryptography;
using Postmill.Mail.Mime;

namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>
/// A part's decoded octets. Going back, and skipping ahead, decodes again from the start of the part. Read from the first octet to the last it checks
/// them against the index, and its last read fails if they differ: a wrong answer is then never a whole one.
/// </summary>
internal sealed class DecodedPartStream(StoredPart part, Func<Stream> openEncoded) : SeekableReadStream(part.Size)
{
    private readonly byte[] _skipped = new byte[16 * 1024];
    private Stream? _decoded;
    private IncrementalHash? _hash;
    private long _at;

    /// <exception cref="PartContentMismatchException">The octets are not those of the index.</exception>
    protected override async ValueTask<int> ReadAtAsync(long position, Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_decoded is null || position < _at) Reopen(hashed: position == 0);
        while (_at < position) await TakeAsync(_skipped.AsMemory(0, (int)Math.Min(_skipped.Length, position - _at)), cancellationToken);
        return await TakeAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _decoded?.Dispose();
            _hash?.Dispose();
        }
        base.Dispose(disposing);
    }

    private void Reopen(bool hashed)
    {
        _decoded?.Dispose();
        _hash?.Dispose();
        _decoded = MimeContent.OpenDecoded(openEncoded(), part.Encoding);
        _hash = hashed ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
        _at = 0;
    }

    private async ValueTask<int> TakeAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var count = await _decoded!.ReadAsync(buffer, cancellationToken);
        if (count == 0) throw new PartContentMismatchException(part);
        _at += count;
        _hash?.AppendData(buffer.Span[..count]);
        if (_at == part.Size && _hash is not null) await CheckAsync(cancellationToken);
        return count;
    }

    private async ValueTask CheckAsync(CancellationToken cancellationToken)
    {
        var more = await _decoded!.ReadAsync(_skipped.AsMemory(0, 1), cancellationToken);
        if (more > 0 || !_hash!.GetCurrentHash().AsSpan().SequenceEqual(part.Sha256.Span)) throw new PartContentMismatchException(part);
    }
}
