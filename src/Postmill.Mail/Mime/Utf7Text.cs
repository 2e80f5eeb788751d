using System.Text;

namespace Postmill.Mail.Mime;

/// <summary>UTF-7 (RFC 2152) read tolerantly; the framework's own is disabled for good reasons, and none of them apply to text that is only shown.</summary>
internal static class Utf7Text
{
    public static string Decode(ReadOnlySpan<byte> octets)
    {
        var text = new StringBuilder(octets.Length);
        var at = 0;
        while (at < octets.Length)
        {
            var c = octets[at++];
            if (c != '+')
                text.Append(c < 0x80 ? (char)c : '\uFFFD');
            else if (at < octets.Length && octets[at] == '-')
                (_, at) = (text.Append('+'), at + 1);
            else
                at = DecodeShifted(octets, at, text);
        }
        return text.ToString();
    }

    private static int DecodeShifted(ReadOnlySpan<byte> octets, int at, StringBuilder text)
    {
        uint bits = 0;
        var count = 0;
        var start = at;
        while (at < octets.Length && Base64Value(octets[at]) is { } value)
        {
            bits = (bits << 6) | value;
            count += 6;
            at++;
            if (count < 16)
                continue;
            count -= 16;
            text.Append((char)(ushort)(bits >> count));
        }
        if (at == start)
            text.Append('+');
        return at > start && at < octets.Length && octets[at] == '-' ? at + 1 : at;
    }

    private static uint? Base64Value(byte octet) => octet switch
    {
        >= (byte)'A' and <= (byte)'Z' => octet - (uint)'A',
        >= (byte)'a' and <= (byte)'z' => octet - (uint)'a' + 26,
        >= (byte)'0' and <= (byte)'9' => octet - (uint)'0' + 52,
        (byte)'+' => 62,
        (byte)'/' => 63,
        _ => null,
    };
}
