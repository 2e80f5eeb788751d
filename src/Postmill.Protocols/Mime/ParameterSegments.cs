using System.Globalization;
using System.Text;

namespace Postmill.Protocols.Mime;

/// <summary>A parameter as written: name lower case, with its RFC 2231 asterisks.</summary>
internal sealed record RawParameter(string Name, byte[] Value);

/// <summary>Joins RFC 2231 segments as octets, so that a character split between two of them survives, then decodes.</summary>
internal static class ParameterSegments
{
    public static IReadOnlyDictionary<string, string> Join(List<RawParameter> raw, MimeLimits limits)
    {
        var joined = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        Dictionary<string, SortedList<int, Segment>>? segmented = null;
        foreach (var parameter in raw)
        {
            if (!TrySegment(parameter, out var name, out var index, out var segment))
            {
                joined.TryAdd(parameter.Name, EncodedWords.Decode(parameter.Value, null));
                continue;
            }
            segmented ??= new(StringComparer.OrdinalIgnoreCase);
            if (!segmented.TryGetValue(name, out var segments))
                segmented.Add(name, segments = []);
            segments.TryAdd(index, segment);
        }
        if (segmented is null)
            return joined;
        // The extended form is the better one where a sender gives both (RFC 6266 says the same of HTTP).
        foreach (var (name, segments) in segmented)
            joined[name] = Decode(segments.Values, limits);
        return joined;
    }

    // name*, name*0, name*0*
    private static bool TrySegment(RawParameter parameter, out string name, out int index, out Segment segment)
    {
        var star = parameter.Name.IndexOf('*', StringComparison.Ordinal);
        name = star < 0 ? parameter.Name : parameter.Name[..star];
        index = 0;
        segment = default;
        if (star <= 0)
            return false;
        var extended = parameter.Name[^1] == '*';
        var number = parameter.Name.AsSpan(star + 1).TrimEnd('*');
        segment = new Segment(parameter.Value, extended);
        return number.IsEmpty || int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out index);
    }

    private static string Decode(IList<Segment> segments, MimeLimits limits)
    {
        using var octets = new ByteBuffer();
        string? charset = null;
        for (var i = 0; i < segments.Count && octets.Length < limits.MaxParameterBytes; i++)
        {
            ReadOnlySpan<byte> value = segments[i].Value;
            if (i == 0 && segments[i].Extended)
                charset = TakeCharset(ref value);
            if (segments[i].Extended)
                AppendPercentDecoded(value, octets);
            else
                octets.Append(value);
        }
        return string.IsNullOrEmpty(charset) ? EncodedWords.Decode(octets.Written, null) : Charsets.Decode(octets.Written, charset);
    }

    // charset'language'text; where the quotes are missing everything is text.
    private static string? TakeCharset(ref ReadOnlySpan<byte> value)
    {
        var first = value.IndexOf((byte)'\'');
        if (first < 0)
            return null;
        var second = value[(first + 1)..].IndexOf((byte)'\'');
        if (second < 0)
            return null;
        var charset = Encoding.Latin1.GetString(value[..first]);
        value = value[(first + second + 2)..];
        return charset;
    }

    private static void AppendPercentDecoded(ReadOnlySpan<byte> value, ByteBuffer to)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (value[i] == '%' && i + 2 < value.Length && Hex.TryOctet(value[i + 1], value[i + 2], out var octet))
                i += 2;
            else
                octet = value[i];
            to.Append(octet);
        }
    }

    private readonly record struct Segment(byte[] Value, bool Extended);
}
