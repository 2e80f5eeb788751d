using System.Buffers;
using System.Security.Cryptography;

namespace Postmill.Adapters.Mail;

/// <summary>Takes decoded octets and keeps only their number and SHA-256: a part of 100 MB is hashed with one small buffer.</summary>
internal sealed class ContentHash : IBufferWriter<byte>, IDisposable
{
    private const int Window = 32 * 1024;

    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(Window);
    private long _size;

    public void Advance(int count)
    {
        _hash.AppendData(_buffer, 0, count);
        _size += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (sizeHint > _buffer.Length)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = ArrayPool<byte>.Shared.Rent(sizeHint);
        }

        return _buffer;
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <summary>The result, and ready for the next part.</summary>
    public (long Size, byte[] Sha256) Take()
    {
        var size = _size;
        _size = 0;
        return (size, _hash.GetHashAndReset());
    }

    public void Dispose()
    {
        _hash.Dispose();
        ArrayPool<byte>.Shared.Return(_buffer);
    }
}
