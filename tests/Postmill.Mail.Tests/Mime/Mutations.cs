namespace Postmill.Mail.Tests.Mime;

/// <summary>Sample mails changed under a seed: bits, cuts, copies, noise, and pieces of the grammar.</summary>
internal static class Mutations
{
    // Pieces of the grammar, so that mutations reach behind the first check.
    private static readonly byte[][] Tokens =
    [
        .. new[]
        {
            "\r\n", "\n", "\r", "\r\n\r\n", "--", "\r\n--", "=?", "?=", "=?utf-8?Q?=C3", "=?iso-2022-jp?B?GyRC", "\"", "(", ")", "<", ">", "@", ",", ";", ":", "*0*=",
            "filename*=utf-8''%", "Content-Type: multipart/mixed; boundary=", "Content-Type: message/rfc822\r\n\r\n", "Content-Type: text/html; charset=utf-7\r\n\r\n+2AA-",
            "Content-Transfer-Encoding: base64\r\n", "Content-Transfer-Encoding: quoted-printable\r\n", "begin 644 x\r\n", "\0", "\u00ff\u00fe", "\u00ed\u00a0\u0080", "<script>", "<!--", "&#0;", "=",
        }.Select(System.Text.Encoding.Latin1.GetBytes),
    ];

    /// <summary>One to eleven changes.</summary>
    public static byte[] Of(byte[] sample, byte[][] samples, Random random)
    {
        var octets = new List<byte>(sample);
        for (var change = random.Next(1, 12); change > 0; change--)
        {
            var at = random.Next(octets.Count + 1);
            var length = Math.Min(octets.Count - at, random.Next(1, 60));
            switch (random.Next(8))
            {
                case 0 when at < octets.Count:
                    octets[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    octets.RemoveRange(at, length);
                    break;
                case 2:
                    octets.InsertRange(at, octets.GetRange(at, length));
                    break;
                case 3:
                    octets.InsertRange(at, Enumerable.Repeat(Tokens[random.Next(Tokens.Length)], random.Next(1, 20)).SelectMany(t => t).ToArray());
                    break;
                case 4:
                    var other = samples[random.Next(samples.Length)];
                    octets.InsertRange(at, other[random.Next(other.Length)..]);
                    break;
                case 5:
                    octets.RemoveRange(at, octets.Count - at);
                    break;
                case 6:
                    var noise = new byte[length];
                    random.NextBytes(noise);
                    octets.InsertRange(at, noise);
                    break;
                default:
                    octets.InsertRange(at, Tokens[random.Next(Tokens.Length)]);
                    break;
            }
        }
        return [.. octets];
    }
}
