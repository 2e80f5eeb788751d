using System.Text;
using Kit = MimeKit;

namespace Postmill.Protocols.Mime.Writing;

/// <summary>A header field whose value MimeKit takes as it is.</summary>
/// <param name="name">Its name.</param>
/// <param name="value">What stands behind the colon, its line end included.</param>
internal sealed class RawField(string name, byte[] value) : Kit.Header(Kit.ParserOptions.Default, Encoding.ASCII.GetBytes(name), value, invalid: false)
{
    /// <summary>A field with its value on one line.</summary>
    public static RawField OnOneLine(string name, string value) => new(name, Encoding.ASCII.GetBytes($" {value}\r\n"));

    /// <summary>
    /// Tokens of ASCII with a blank or a fold before each. Never a fold right behind the colon: it would leave a line that some readers take for an
    /// empty field.
    /// </summary>
    public static RawField Folded(string name, IEnumerable<string> tokens)
    {
        var value = new StringBuilder();
        var column = name.Length + 1;
        foreach (var token in tokens)
        {
            if (value.Length > 0 && column + 1 + token.Length > WireFormat.Columns)
            {
                value.Append("\r\n");
                column = 0;
            }
            value.Append(' ').Append(token);
            column += 1 + token.Length;
        }
        return new RawField(name, Encoding.ASCII.GetBytes(value.Append("\r\n").ToString()));
    }

    /// <summary>
    /// Unstructured text (RFC 5322 section 2.2.1), whatever MimeKit knows of a field of this name: encoded where it is not plain or would lose blanks,
    /// folded by MimeKit elsewhere.
    /// </summary>
    public static RawField Text(string name, string text) => !OutgoingText.IsPlain(text) || text != text.Trim(' ')
        ? Folded(name, EncodedWordList.Of(text))
        : new RawField(name, new Kit.Header(new string('x', name.Length), text).RawValue);
}
