using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Postmill.Mail.Smtp;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>Content on the wire: what a server that follows RFC 5321 reads out of it is what went in, and no server can read a command out of it.</summary>
public sealed class SmtpContentTests
{
    private static readonly byte[][] Bits =
        [.. new[] { "\r\n", "\r", "\n", ".", "..", "\r\n.\r\n", "\n.\n", "\r.\r", "\n.\r\n", "\r\n.\n", "\r\n.\r", "a", "line", "MAIL FROM:<x>", "\0", new string('w', 300) }.Select(Encoding.ASCII.GetBytes), [0xC3, 0xA4], [0xFF]];

    private static Gen<Case> Cases =>
        from bits in Gen.Elements(Bits).ListOf()
        from seed in Gen.Choose(0, int.MaxValue)
        select new Case([.. bits.SelectMany(bit => bit)], seed);

    [Fact]
    public void What_a_server_reads_is_what_was_handed_over() => Check(one => Assert.Equal(ContentWire.Normal(one.Content), ContentWire.Decode(one.Encode())));

    [Fact]
    public void No_line_end_stands_alone_and_no_line_but_the_last_is_a_dot() => Check(one =>
    {
        var wire = one.Encode();
        Assert.False(ContentWire.HasLoneLineEnd(wire));
        Assert.Equal(wire.Length - 3, ("\r\n"u8.ToArray().Concat(wire)).ToArray().AsSpan().IndexOf("\r\n.\r\n"u8));
    });

    [Fact]
    public void Pieces_make_no_difference() => Check(one =>
    {
        Assert.Equal(ContentWire.Encode(one.Content, () => 1 << 20), one.Encode());
        Assert.Equal(SmtpShape.Of(one.Content), one.ShapeInPieces());
    });

    [Fact]
    public void Shape_is_that_of_the_wire() => Check(one =>
    {
        var wire = ContentWire.Normal(one.Content);
        var shape = SmtpShape.Of(one.Content);
        Assert.Equal(wire.Length, shape.Octets);
        Assert.Equal(wire.Any(b => b > 127), shape.HasEightBit);
        Assert.Equal(Encoding.Latin1.GetString(wire).Split("\r\n").Max(line => line.Length), shape.LongestLine);
    });

    [Theory]
    [InlineData("", ".\r\n")]
    [InlineData("\r\n", "\r\n.\r\n")]
    [InlineData("no end", "no end\r\n.\r\n")]
    [InlineData(".", "..\r\n.\r\n")]
    [InlineData(".\r\n", "..\r\n.\r\n")]
    [InlineData("a\r\n.\r\nMAIL FROM:<x>\r\n", "a\r\n..\r\nMAIL FROM:<x>\r\n.\r\n")]
    [InlineData("a\n.\nMAIL FROM:<x>\n", "a\r\n..\r\nMAIL FROM:<x>\r\n.\r\n")]
    [InlineData("a\r.\rMAIL FROM:<x>\r", "a\r\n..\r\nMAIL FROM:<x>\r\n.\r\n")]
    [InlineData("a\n.\r\nMAIL FROM:<x>", "a\r\n..\r\nMAIL FROM:<x>\r\n.\r\n")]
    [InlineData("a\r\n.\rMAIL FROM:<x>", "a\r\n..\r\nMAIL FROM:<x>\r\n.\r\n")]
    [InlineData("a\r\r\n.\r\r\nb", "a\r\n\r\n..\r\n\r\nb\r\n.\r\n")]
    public void Smuggled_end_is_content(string content, string wire) => Assert.Equal(wire, Encoding.ASCII.GetString(ContentWire.Encode(Encoding.ASCII.GetBytes(content), () => 1000)));

    private static void Check(Action<Case> holds) => Prop.ForAll(Arb.From(Cases), holds).Check(Drawn.Cases(2000));

    /// <param name="Content">Any bytes.</param>
    /// <param name="Seed">Of the sizes of pieces.</param>
    private sealed record Case(byte[] Content, int Seed)
    {
        public byte[] Encode()
        {
            var random = new Random(Seed);
            return ContentWire.Encode(Content, () => random.Next(2, 40));
        }

        public SmtpShape ShapeInPieces()
        {
            var random = new Random(Seed);
            var measure = new Mail.Smtp.Content.ShapeMeasure();
            for (var at = 0; at < Content.Length;)
            {
                var piece = Content.AsSpan(at, Math.Min(random.Next(1, 40), Content.Length - at));
                measure.Add(piece);
                at += piece.Length;
            }
            return measure.Finish();
        }

        public override string ToString() => $"{Convert.ToHexString(Content)}, seed {Seed}";
    }
}
