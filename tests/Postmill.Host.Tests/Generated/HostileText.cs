namespace Postmill.Host.Tests.Generated;

/// <summary>Values that clients get wrong and attackers get right.</summary>
internal static class HostileText
{
    private static readonly string[] Texts =
    [
        "", " ", "\t\r\n", "0", "-1", "null", "undefined", "true", "NaN", "1e999", "9223372036854775808", "00000000-0000-0000-0000-000000000000",
        "\0", "a\0b", "\u0001\u001b[31m", "\u202egpj.exe", "\ufeff", "e\u0301\u0327", "ﷺﷺﷺ", "İıſK", "😀👩‍👩‍👧‍👦", "日本語の件名", "\uffff", "ß@ẞ.example",
        "' OR 1=1 --", "\"; DROP TABLE message; --", "%", "_%_", "\\", "\\u0000", "{{7*7}}", "${jndi:ldap://x}", "<script>alert(1)</script>", "../../etc/passwd", "..%2f..", "%00",
        "\"unclosed", "-", "--", "-a -b", "a:b:c", "from:", "subject:\"", "((((", "*", "a*", "\"\"", "(a b", "a & b | !c", ":*", "<->",
        "2026-13-45T99:99:99Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59-14:00", "infinity", "1970-01-01",
        "a@b", "@", "a@@b", "a@b\r\nBcc: c@d", "\"a b\"@c.example", "[::1]", "127.0.0.1", "0x7f.1", "msk_", "msk_" + "g",
    ];

    public static string Any(Random random) => random.Next(12) switch
    {
        0 => new string((char)('a' + random.Next(26)), random.Next(1, 300)),
        1 => new string('x', random.Next(900, 5_000)),
        2 => string.Concat(Enumerable.Range(0, random.Next(1, 40)).Select(_ => char.ConvertFromUtf32(Scalar(random)))),
        _ => Texts[random.Next(Texts.Length)],
    };

    private static int Scalar(Random random)
    {
        var scalar = random.Next(1, 0x10FFFF - 0x800);
        return scalar < 0xD800 ? scalar : scalar + 0x800;
    }
}
