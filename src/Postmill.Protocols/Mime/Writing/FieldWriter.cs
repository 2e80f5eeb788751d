using System.Text;

namespace Postmill.Protocols.Mime.Writing;

/// <summary>Writes header fields token by token, folded at 78 columns where a token allows it (RFC 5322 section 2.1.1).</summary>
internal sealed class FieldWriter(ByteBuffer to)
{
    private const int Columns = 78;

    // RFC 2047 section 2: a line with an encoded word has at most 76 columns, the word at most 75.
    private const int WordColumns = 76;
    private const int ShortestWord = 36;

    private int _column;
    private bool _empty;

    public void Begin(string name)
    {
        Ascii(name);
        Ascii(":");
        _empty = true;
    }

    /// <summary>A blank and the token, or a fold and the token.</summary>
    public void Token(string token)
    {
        // A fold right behind the colon would leave a line that some readers take for an empty field.
        if (!_empty && _column + 1 + Encoding.UTF8.GetByteCount(token) > Columns)
            Fold();
        Ascii(" ");
        Write(token);
        _empty = false;
    }

    /// <summary>Right behind what was written, whatever the line's length.</summary>
    public void Write(string text) => Ascii(text);

    /// <summary>Columns an encoded word may take here; folds where too few are left.</summary>
    public int RoomForWord()
    {
        if (_column + 1 + ShortestWord > WordColumns)
            Fold();
        return WordColumns - _column - 1;
    }

    /// <summary>A blank and an encoded word of no more than <see cref="RoomForWord"/> columns.</summary>
    public void Word(ReadOnlySpan<byte> word)
    {
        to.Append((byte)' ');
        to.Append(word);
        _column += word.Length + 1;
        _empty = false;
    }

    public void End()
    {
        to.Append("\r\n"u8);
        _column = 0;
    }

    private void Fold()
    {
        to.Append("\r\n"u8);
        _column = 0;
    }

    // Only the local part of an address is ever more than ASCII here.
    private void Ascii(string text)
    {
        var written = Encoding.UTF8.GetBytes(text, to.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length)));
        to.Advance(written);
        _column += written;
    }
}
