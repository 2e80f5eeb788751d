using System.Buffers;

namespace Postmill.Mail.Mime;

/// <summary>A growing pooled buffer; what is in it is bounded by the octets fed to its writers.</summary>
internal sealed class ByteBuffer(int capacity = 256) : IBufferWriter<byte>, IDisposable
{
    private byte[] _octets = ArrayPool<byte>.Shared.Rent(capacity);

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _octets.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public void Append(byte octet)
    {
        if (Length == _octets.Length)
            Grow(1);
        _octets[Length++] = octet;
    }

    public void Append(ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(GetSpan(octets.Length));
        Length += octets.Length;
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Grow(Math.Max(sizeHint, 1));
        return _octets.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Grow(Math.Max(sizeHint, 1));
        return _octets.AsSpan(Length);
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_octets);
        _octets = [];
        Length = 0;
    }

    private void Grow(int needed)
    {
        if (_octets.Length - Length >= needed)
            return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_octets.Length * 2, Length + needed));
        Written.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_octets);
        _octets = larger;
    }
}
