namespace Postmill.Protocols.Mime.Writing;

/// <summary>A stretch of a composed mail: octets as they are, or a content that becomes base64 when it is written.</summary>
internal readonly record struct Piece(ReadOnlyMemory<byte> Octets, OutgoingContent? Content)
{
    public long Length => Content is null ? Octets.Length : Base64Lines.LengthOf(Content.Length);
}

/// <summary>Collects a mail's pieces; contents of attachments are referred to, never copied.</summary>
internal sealed class PieceList(ByteBuffer open)
{
    private readonly List<Piece> _pieces = [];

    /// <summary>What is written now.</summary>
    public ByteBuffer Open { get; } = open;

    public void Add(ReadOnlyMemory<byte> octets) => Add(new Piece(octets, null));

    public void Add(OutgoingContent content) => Add(new Piece(default, content));

    /// <summary>Closes the open piece, even an empty one.</summary>
    public void Close()
    {
        _pieces.Add(new Piece(Open.Written.ToArray(), null));
        Open.Clear();
    }

    public Piece[] ToArray()
    {
        Close();
        return [.. _pieces];
    }

    private void Add(Piece piece)
    {
        Close();
        _pieces.Add(piece);
    }
}
