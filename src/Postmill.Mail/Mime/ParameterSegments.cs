using System.Buffers;
using System.Globalization;
using System.Text;
using MimeKit;

namespace Postmill.Mail.Mime;

/// <summary>A parameter as written: name lower case, with its RFC 2231 asterisks.</summary>
internal sealed record RawParameter(string Name, byte[] Value);

/// <summary>
/// Decodes parameters. What is written in RFC 2231 segments is joined by MimeKit, which gets them alone: well formed, and with a charset that it knows.
/// </summary>
internal static class ParameterSegments
{
    public static IReadOnlyDictionary<string, string> Join(List<RawParameter> raw, MimeLimits limits)
    {
        var joined = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        ByteBuffer? segments = null;
        var extended = new HashSet<string>();
        foreach (var parameter in raw)
        {
            if (Segment.Of(parameter) is not { } segment)
            {
                joined.TryAdd(parameter.Name, EncodedWords.Decode(parameter.Value, null));
                continue;
            }
            segment.Write(segments ??= Field());
            if (segment.Extended)
                extended.Add(segment.Name);
        }
        if (segments is null)
            return joined;
        // The extended form is the better one where a sender gives both (RFC 6266 says the same of HTTP).
        if (ContentDisposition.TryParse(MimeKitReading.Options, segments.Written.ToArray(), out var read))
        {
            foreach (var parameter in read.Parameters)
                joined[parameter.Name] = Text(StorableText.Cut(parameter.Value, limits.MaxParameterBytes), hasWords: !extended.Contains(parameter.Name));
        }
        segments.Dispose();
        return joined;
    }

    private static ByteBuffer Field()
    {
        var field = new ByteBuffer();
        field.Append("x"u8);
        return field;
    }

    // Some senders cut encoded words into segments; a segment with a charset of its own holds none.
    private static string Text(string value, bool hasWords) =>
        hasWords ? EncodedWords.Decode(Encoding.UTF8.GetBytes(value), null) : EncodedWords.OneLine(StorableText.Of(value));

    /// <summary>name*, name*0 or name*0*; the first of them names the charset.</summary>
    private readonly record struct Segment(string Name, int? Index, bool Extended, byte[] Value)
    {
        private static readonly SearchValues<char> NameChars = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.");

        public static Segment? Of(RawParameter parameter)
        {
            var star = parameter.Name.IndexOf('*', StringComparison.Ordinal);
            if (star <= 0 || parameter.Name.AsSpan(0, star).ContainsAnyExcept(NameChars))
                return null;
            var extended = parameter.Name[^1] == '*';
            var number = parameter.Name.AsSpan(star + 1).TrimEnd('*');
            if (number.IsEmpty)
                return new Segment(parameter.Name[..star], null, true, parameter.Value);
            return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
                ? new Segment(parameter.Name[..star], index, extended, parameter.Value)
                : null;
        }

        public void Write(ByteBuffer to)
        {
            to.Append(Encoding.ASCII.GetBytes($"; {Name}*{Index?.ToString(CultureInfo.InvariantCulture)}{(Index is not null && Extended ? "*" : "")}=\""));
            if (Extended)
                WriteExtended(to);
            else
                WriteQuoted(to);
            to.Append((byte)'"');
        }

        // charset'language'text; where the quotes are missing everything is text.
        private void WriteExtended(ByteBuffer to)
        {
            ReadOnlySpan<byte> text = Value;
            if (Index is null or 0)
            {
                var first = text.IndexOf((byte)'\'');
                var second = first < 0 ? -1 : text[(first + 1)..].IndexOf((byte)'\'');
                to.Append(Encoding.ASCII.GetBytes((second < 0 ? null : Charsets.NumberedLabel(Encoding.Latin1.GetString(text[..first]))) ?? "utf-8"));
                to.Append("''"u8);
                text = second < 0 ? text : text[(first + second + 2)..];
            }
            foreach (var octet in text)
            {
                if (octet is (byte)'"' or (byte)'\\' or (byte)'\'')
                    to.Append(Encoding.ASCII.GetBytes($"%{octet:X2}"));
                else
                    to.Append(octet);
            }
        }

        private void WriteQuoted(ByteBuffer to)
        {
            foreach (var octet in Value)
            {
                if (octet is (byte)'"' or (byte)'\\')
                    to.Append((byte)'\\');
                to.Append(octet);
            }
        }
    }
}
