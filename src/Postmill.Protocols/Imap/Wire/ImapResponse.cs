using Postmill.Protocols.Net;

namespace Postmill.Protocols.Imap.Wire;

internal enum ResponseKind
{
    /// <summary><c>* …</c></summary>
    Untagged,

    /// <summary><c>+ …</c>, or a bare <c>+</c> (hard case 24).</summary>
    Continuation,

    /// <summary>The answer that ends a command.</summary>
    Tagged,
}

/// <summary>
/// One complete response in one run of bytes: its lines and short literals as they came (<c>{5}CRLF</c> and five bytes). A message body
/// is detached: the run only holds <c>{12345}CRLF</c>, the bytes are in <see cref="Detached"/>. Re-used for response after response.
/// </summary>
internal sealed class ImapResponse
{
    public MailLineBuffer Bytes { get; } = new();

    public List<DetachedLiteral> Detached { get; } = [];

    public ResponseKind Kind { get; set; }

    public void Clear()
    {
        Bytes.Clear();
        Detached.Clear();
    }

    /// <summary>The literal whose bytes would stand at this position, or null when it is not a detached one.</summary>
    public DetachedLiteral? DetachedAt(int position)
    {
        foreach (var literal in Detached)
        {
            if (literal.Position == position) return literal;
        }
        return null;
    }
}

/// <summary>A message body that was taken out of a response.</summary>
/// <param name="Position">Where its bytes would stand in the response.</param>
/// <param name="Size">Bytes, as announced and read.</param>
/// <param name="Bytes">The bytes, when small.</param>
/// <param name="Stream">The caller's stream holding them, when large and wanted.</param>
internal sealed record DetachedLiteral(int Position, long Size, byte[]? Bytes, Stream? Stream);
