using System.Text;
using Postmill.Mail.Net;
using Postmill.Mail.Smtp;

namespace Postmill.Mail.Tests.Net;

public sealed class SmtpReplyReaderTests
{
    private static readonly GuardLimits Small = new() { ReplyLineBytes = 20, ReplyLines = 3 };

    [Theory]
    [InlineData("250 ok\r\n", 250, "ok")]
    [InlineData("250\n", 250, "")]
    [InlineData("250-one\r\n250-two\r\n250 three\r\n", 250, "one two three")]
    [InlineData("554 1234567890123456\r\n", 554, "1234567890123456")]
    public void Reply_within_the_limits_is_read(string said, int code, string text)
    {
        foreach (var piece in new[] { 100, 1 })
        {
            var (breach, reply) = Read(said, piece);
            Assert.Equal((SmtpBreach.None, code, text), (breach, reply!.Code, reply.Text));
        }
    }

    [Theory]
    [InlineData("Lines", "250-one\r\n250-two\r\n250-three\r\n250 four\r\n")]
    [InlineData("Line", "554 12345678901234567\r\n")]
    [InlineData("Line", "554 12345678901234567890")]
    [InlineData("Malformed", "25 ok\r\n")]
    [InlineData("Malformed", "250-one\r\n251 two\r\n")]
    [InlineData("Malformed", "HTTP/1.1 400\r\n")]
    [InlineData("Malformed", "\r\n")]
    public void Reply_beyond_a_limit_is_refused(string breach, string said)
    {
        foreach (var piece in new[] { 100, 1 }) Assert.Equal(breach, Read(said, piece).Breach.ToString());
    }

    [Fact]
    public void Octets_after_a_reply_are_left()
    {
        var reader = new SmtpReplyReader(Small);
        Assert.Equal(SmtpBreach.None, reader.Read("250 ok\r\n354 go\r\n"u8, out var taken, out var reply));
        Assert.Equal((8, 250), (taken, reply!.Code));
    }

    [Theory]
    [InlineData(".\r\n", 3)]
    [InlineData("a\r\n.\r\n", 6)]
    [InlineData("a\r\n.\r\nRSET\r\n", 6)]
    [InlineData("..\r\n.\r\n", 7)]
    [InlineData("\r\r\n.\r\n", 6)]
    [InlineData("a\r\n.\r\r\n.\r\n", 10)]
    [InlineData("a\r\n..\r\n", null)]
    [InlineData("a\n.\n\r.\r\n.\n", null)]
    public void End_of_the_content_is_found_wherever_the_writes_are_split(string content, int? end)
    {
        var octets = Encoding.ASCII.GetBytes(content);
        for (var split = 0; split <= octets.Length; split++)
        {
            var finder = new ContentEnd();
            var found = finder.Find(octets.AsSpan(0, split)) ?? split + finder.Find(octets.AsSpan(split));
            Assert.Equal(end, found);
        }
    }

    private static (SmtpBreach Breach, SmtpReply? Reply) Read(string said, int piece)
    {
        var reader = new SmtpReplyReader(Small);
        var octets = Encoding.ASCII.GetBytes(said);
        for (var at = 0; at < octets.Length; at += piece)
        {
            var breach = reader.Read(octets.AsSpan(at, Math.Min(piece, octets.Length - at)), out _, out var reply);
            if (breach != SmtpBreach.None || reply is not null) return (breach, reply);
        }
        return (SmtpBreach.None, null);
    }
}
