using System.Text;

namespace Postmill.Protocols.Tests.Imap;

/// <summary>Damage as networks, broken servers and attackers do it; the same seed does the same.</summary>
internal static class Mutation
{
    private static readonly byte[][] Poison =
    [
        .. new[]
        {
            "{4294967296}\r\n", "{18446744073709551616}\r\n", "{0}\r\n", "{1048576}\r\n", "{7+}\r\n", "~{5}\r\n", "((((((((((((((((((((((((((((((((((((((((", ")))))))", "\"", "\\", "\0",
            "\r\n", "\n", "\r", "* BYE gone\r\n", "+ \r\n", "+\r\n", "A1 OK x\r\n", "A9 NO x\r\n", "* 1 FETCH (", "BODY[]", "BODY[", "]", " NIL ", "4294967295", "99999999999999999999999999",
            "1.8e+06", "1e308", "-1", "*", "&AOQ-", "\u00ff\u00fe", "[CAPABILITY ", "* CAPABILITY IMAP4rev2\r\n", "* VANISHED 1:4294967295\r\n", "* 4294967296 EXISTS\r\n", "UID ", "FLAGS ", "INTERNALDATE \"",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    public static byte[] Of(byte[] recorded, Random random)
    {
        var bytes = recorded.ToList();
        var times = random.Next(1, 6);
        for (var i = 0; i < times && bytes.Count > 0; i++) Damage(bytes, random);
        return [.. bytes];
    }

    private static void Damage(List<byte> bytes, Random random)
    {
        var at = random.Next(bytes.Count);
        var length = Math.Min(random.Next(1, 200), bytes.Count - at);
        switch (random.Next(7))
        {
            case 0:
                bytes[at] = (byte)random.Next(256);
                break;
            case 1:
                bytes.RemoveRange(at, length);
                break;
            case 2:
                bytes.InsertRange(at, bytes.GetRange(at, length));
                break;
            case 3:
                bytes.InsertRange(at, Poison[random.Next(Poison.Length)]);
                break;
            case 4:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5:
                bytes.InsertRange(at, Enumerable.Repeat(bytes[at], random.Next(1, 5000)));
                break;
            default:
                var moved = bytes.GetRange(at, length);
                bytes.RemoveRange(at, length);
                bytes.InsertRange(random.Next(bytes.Count + 1), moved);
                break;
        }
    }
}
