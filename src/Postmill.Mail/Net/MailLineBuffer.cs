namespace Postmill.Mail.Net;

/// <summary>A growing run of bytes that is cleared and filled again line after line; gives memory back after an unusually long one.</summary>
public sealed class MailLineBuffer
{
    private byte[] _bytes = [];

    /// <summary>Number of bytes written since the last <see cref="Clear"/>.</summary>
    public int Length { get; private set; }

    /// <summary>What is written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    /// <summary>What is written; valid until the next write.</summary>
    public ReadOnlyMemory<byte> WrittenMemory => _bytes.AsMemory(0, Length);

    /// <summary>Empties the buffer.</summary>
    public void Clear()
    {
        Length = 0;
        if (_bytes.Length > NetLimits.KeptLineBytes) _bytes = [];
    }

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Reserve(bytes.Length).Span);
        Length += bytes.Length;
    }

    /// <summary>Room for <paramref name="count"/> more bytes; they count once <see cref="Advance"/> is called.</summary>
    public Memory<byte> Reserve(int count)
    {
        var needed = checked(Length + count);
        if (needed > _bytes.Length) Array.Resize(ref _bytes, (int)Math.Min(Array.MaxLength, Math.Max((long)needed, Math.Max(256L, _bytes.Length * 2L))));
        return _bytes.AsMemory(Length, count);
    }

    /// <summary>Counts bytes that were written into <see cref="Reserve"/>d room.</summary>
    public void Advance(int count) => Length += count;

    /// <summary>Drops everything after the first <paramref name="length"/> bytes.</summary>
    public void Truncate(int length) => Length = Math.Min(Length, length);
}
