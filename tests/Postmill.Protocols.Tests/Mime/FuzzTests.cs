using System.Globalization;
using Postmill.Protocols.Mime;

namespace Postmill.Protocols.Tests.Mime;

/// <summary>Hard cases 26–29 by the thousand: samples mutated under a seed. POSTMILL_FUZZ_ROUNDS sets how many; the seed is the round.</summary>
public sealed class FuzzTests
{
    private const int DefaultRounds = 10_000;

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

    [Fact]
    public void Mutated_mails_never_throw_and_stay_within_their_bounds()
    {
        var samples = Samples.All().Select(s => s.Octets).ToArray();
        var rounds = int.Parse(Environment.GetEnvironmentVariable("POSTMILL_FUZZ_ROUNDS") ?? DefaultRounds.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        for (var round = 0; round < rounds; round++)
        {
            var random = new Random(round);
            var mutated = Mutate(samples[round % samples.Length], samples, random);
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Invariants.Check(mutated);
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"round {round}: {fault.Message}", fault);
            }
            // Everything read once, decoded several times over: some hundred octets per octet of mail is generous, a quadratic copy is far beyond.
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < 4_000_000 + (mutated.Length * 400L), $"round {round}: {allocated} octets for a mail of {mutated.Length}");
        }
    }

    [Fact]
    public void Every_truncation_of_a_sample_is_a_mail()
    {
        foreach (var (_, octets) in Samples.All())
        {
            for (var length = 0; length < Math.Min(octets.Length, 1_500); length += 7)
                Invariants.Check(octets[..length]);
        }
    }

    private static byte[] Mutate(byte[] sample, byte[][] samples, Random random)
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
