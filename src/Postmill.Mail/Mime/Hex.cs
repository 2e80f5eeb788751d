namespace Postmill.Mail.Mime;

internal static class Hex
{
    /// <summary>The octet two hexadecimal digits of either case stand for.</summary>
    public static bool TryOctet(byte high, byte low, out byte octet)
    {
        octet = 0;
        if (!char.IsAsciiHexDigit((char)high) || !char.IsAsciiHexDigit((char)low))
            return false;
        octet = (byte)((Value(high) << 4) | Value(low));
        return true;
    }

    private static int Value(byte digit) => digit switch
    {
        <= (byte)'9' => digit - '0',
        <= (byte)'F' => digit - 'A' + 10,
        _ => digit - 'a' + 10,
    };
}
