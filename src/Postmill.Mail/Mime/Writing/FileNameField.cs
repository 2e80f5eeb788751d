using System.Buffers;
using System.Text;

namespace Postmill.Mail.Mime.Writing;

/// <summary>
/// Content-Type and Content-Disposition of a file, its name in any script (RFC 2183, RFC 2231). MimeKit cuts a long name inside a surrogate pair, and then
/// the character is lost; it also takes Latin-1 for UTF-8 where that is shorter, and lets lines with encoded words grow beyond 76 columns.
/// </summary>
internal static class FileNameField
{
    private const string Charset = "utf-8''";

    // attribute-char of RFC 2231 section 7.
    private static readonly SearchValues<byte> Literal = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&+-.^_`{|}~"u8);

    /// <summary>
    /// The media type. Readers that do not know RFC 2231 take the name from here, as encoded words, which is where most writers put it too.
    /// </summary>
    public static RawField Type(MediaType type, string? fileName)
    {
        List<string[]> parameters = [.. type.Parameters.Select(parameter => Parameter(parameter.Name, parameter.Value))];
        if (fileName is not null)
            parameters.Add(OutgoingText.IsPlain(fileName) ? Parameter("name", fileName) : $"name=\"{string.Join(' ', EncodedWordList.Of(fileName))}\"".Split(' '));
        return Field("Content-Type", type.Name, parameters);
    }

    /// <summary>
    /// The name as it is where it is plain; else in <c>filename*</c> alone, for beside a plain form many readers show that one. Whole where a line can
    /// hold it, else in segments of whole characters, for not every reader joins segments before it decodes them.
    /// </summary>
    public static RawField Disposition(string disposition, string? fileName)
    {
        const string Name = "Content-Disposition";
        if (fileName is null)
            return Field(Name, disposition, []);
        if (OutgoingText.IsPlain(fileName))
            return Field(Name, disposition, [Parameter("filename", fileName)]);
        var characters = fileName.EnumerateRunes().Select(Escaped).ToList();
        var whole = $"filename*={Charset}{string.Concat(characters)}";
        return Field(Name, disposition, whole.Length < WireFormat.LineOctets ? [[whole]] : [.. Segments(characters).Select(segment => new[] { segment })]);
    }

    // Python's reader takes a token with an apostrophe for a value of RFC 2231, which ends at the last one, and one with an asterisk for none.
    private static string[] Parameter(string name, string value)
    {
        var isBare = MediaType.IsToken(value) && !value.AsSpan().ContainsAny('*', '\'', '%');
        return [$"{name}={(isBare ? value : OutgoingText.Quoted(value))}"];
    }

    // Parameters in the tokens that they may be folded between.
    private static RawField Field(string name, string value, IReadOnlyList<string[]> parameters)
    {
        List<string> tokens = [value];
        foreach (var parameter in parameters)
        {
            tokens[^1] += ";";
            tokens.AddRange(parameter);
        }
        return RawField.Folded(name, tokens);
    }

    private static List<string> Segments(List<string> characters)
    {
        var segments = new List<string>();
        var segment = new StringBuilder($"filename*0*={Charset}");
        foreach (var character in characters)
        {
            // A blank before and a semicolon behind belong to the line.
            if (segment.Length + character.Length + 2 > WireFormat.Columns)
            {
                segments.Add(segment.ToString());
                segment.Clear().Append("filename*").Append(segments.Count).Append("*=");
            }
            segment.Append(character);
        }
        segments.Add(segment.ToString());
        return segments;
    }

    private static string Escaped(Rune character)
    {
        Span<byte> octets = stackalloc byte[4];
        octets = octets[..character.EncodeToUtf8(octets)];
        return octets.Length == 1 && Literal.Contains(octets[0]) ? character.ToString() : string.Concat(octets.ToArray().Select(octet => $"%{octet:X2}"));
    }
}
