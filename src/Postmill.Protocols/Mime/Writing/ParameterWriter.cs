using System.Buffers;
using System.Text;

namespace Postmill.Protocols.Mime.Writing;

/// <summary>Parameters of Content-Type and Content-Disposition (RFC 2045 section 5.1), names of files in any script by RFC 2231.</summary>
internal static class ParameterWriter
{
    // A segment with its name and number stays within a line of 78.
    private const int SegmentColumns = 60;

    // attribute-char of RFC 2231 section 7.
    private static readonly SearchValues<byte> Literal = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&+-.^_`{|}~"u8);

    public static void Write(FieldWriter field, string name, string value)
    {
        field.Write(";");
        field.Token($"{name}={(MediaType.IsToken(value) ? value : Quoted(value))}");
    }

    /// <summary>The name in ASCII for every reader; where that is not all of it, also the whole in RFC 2231 segments, which readers prefer.</summary>
    public static void FileName(FieldWriter field, string fileName)
    {
        if (OutgoingText.IsPlain(fileName) && fileName.Length <= SegmentColumns)
        {
            Write(field, "filename", fileName);
            return;
        }
        Write(field, "filename", Fallback(fileName));
        var segments = Segments("utf-8''", Encoding.UTF8.GetBytes(fileName));
        for (var i = 0; i < segments.Count; i++)
        {
            field.Write(";");
            field.Token(segments.Count == 1 ? $"filename*={segments[0]}" : $"filename*{i}*={segments[i]}");
        }
    }

    private static List<string> Segments(string prefix, byte[] octets)
    {
        var segments = new List<string>();
        var segment = new StringBuilder(prefix);
        foreach (var octet in octets)
        {
            if (segment.Length + 3 > SegmentColumns)
            {
                segments.Add(segment.ToString());
                segment.Clear();
            }
            if (Literal.Contains(octet))
                segment.Append((char)octet);
            else
                segment.Append('%').Append(Convert.ToHexString([octet]));
        }
        segments.Add(segment.ToString());
        return segments;
    }

    // One underscore a character; the extension stays, because it tells old readers how to open the file.
    private static string Fallback(string fileName)
    {
        var plain = new StringBuilder();
        foreach (var rune in fileName.EnumerateRunes())
            plain.Append(rune.IsAscii && rune.Value is not ('"' or '\\' or '=' or '?' or '%') ? (char)rune.Value : '_');
        if (plain.Length > SegmentColumns)
        {
            var dot = fileName.LastIndexOf('.');
            var extension = dot > 0 && fileName.Length - dot <= 10 ? plain.ToString(plain.Length - (fileName.Length - dot), fileName.Length - dot) : "";
            plain.Length = SegmentColumns - extension.Length;
            plain.Append(extension);
        }
        return plain.ToString();
    }

    private static string Quoted(string value) =>
        $"\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
