using System.Text;
using Kit = MimeKit;

namespace Postmill.Mail.Mime.Writing;

/// <summary>A header field whose value MimeKit takes as it is.</summary>
/// <param name="name">Its name.</param>
/// <param name="value">What stands behind the colon, its line end included.</param>
internal sealed class RawField(string name, byte[] value) : Kit.Header(Kit.ParserOptions.Default, Encoding.ASCII.GetBytes(name), value, invalid: false)
{
    // A word as long as this is on a line of 998 behind any name.
    private const int LongestWord = 900;

    /// <summary>A field with its value on one line.</summary>
    public static RawField OnOneLine(string name, string value) => new(name, Encoding.ASCII.GetBytes($" {value}\r\n"));

    /// <summary>
    /// Tokens with a blank or a fold before each. Never a fold right behind the colon: it would leave a line that some readers take for an
    /// empty field.
    /// </summary>
    public static RawField Folded(string name, IReadOnlyList<string> tokens)
    {
        var columns = tokens.Any(token => token.Contains("=?", StringComparison.Ordinal)) ? WireFormat.EncodedWordColumns : WireFormat.Columns;
        var value = new StringBuilder();
        var column = name.Length + 1;
        foreach (var token in tokens)
        {
            if (value.Length > 0 && column + 1 + token.Length > columns)
            {
                value.Append("\r\n");
                column = 0;
            }
            value.Append(' ').Append(token);
            column += 1 + token.Length;
        }
        // Only the local part of an address is ever more than ASCII here.
        return new RawField(name, Encoding.UTF8.GetBytes(value.Append("\r\n").ToString()));
    }

    /// <summary>
    /// Unstructured text (RFC 5322 section 2.2.1): as it is where it is plain and comes through folding as it was, else in encoded words. MimeKit encodes
    /// what no line of 78 columns can hold, so that a program that reads its own field finds no token in it, and makes lines of blanks alone.
    /// </summary>
    public static RawField Text(string name, string text)
    {
        if (!OutgoingText.IsPlain(text) || text != text.Trim(' '))
            return Folded(name, EncodedWordList.Of(text));
        if (name.Length + 2 + text.Length <= WireFormat.Columns)
            return OnOneLine(name, text);
        var words = text.Split(' ');
        return Folded(name, words.All(word => word.Length is > 0 and <= LongestWord) ? words : EncodedWordList.Of(text));
    }
}
