using System.Text;
using Postmill.Mail.Smtp;

namespace Postmill.Mail.Tests.Smtp;

public sealed class SmtpReplyTests
{
    [Theory]
    [InlineData("250 ok", 250, true, "ok")]
    [InlineData("250-more", 250, false, "more")]
    [InlineData("250", 250, true, "")]
    [InlineData("250 ", 250, true, "")]
    [InlineData("250-", 250, false, "")]
    [InlineData("550 5.1.1 nön", 550, true, "5.1.1 nön")]
    public void Line_of_a_reply_is_read(string line, int code, bool last, string text)
        => Assert.Equal(new SmtpReplyLine(code, last, text), SmtpReplyLine.Parse(Encoding.UTF8.GetBytes(line)));

    [Theory]
    [InlineData("")]
    [InlineData("25")]
    [InlineData("ok")]
    [InlineData("150 early")]
    [InlineData("650 late")]
    [InlineData("2x0 ok")]
    [InlineData("250ok")]
    [InlineData("250\tok")]
    [InlineData("+OK POP3")]
    [InlineData("* OK IMAP4rev1")]
    [InlineData("HTTP/1.1 400 Bad Request")]
    [InlineData("SSH-2.0-OpenSSH_9.2")]
    public void Line_that_is_not_SMTP_is_refused(string line) => Assert.Null(SmtpReplyLine.Parse(Encoding.UTF8.GetBytes(line)));

    [Theory]
    [InlineData(535, "5.7.8 Authentication failed", "5.7.8")]
    [InlineData(250, "2.0.0", "2.0.0")]
    [InlineData(452, "4.3.100 full", "4.3.100")]
    [InlineData(535, "4.7.8 contradicts its code", null)]
    [InlineData(550, "5.7", null)]
    [InlineData(550, "5.7.1.2 four parts", null)]
    [InlineData(550, "5.7.1000 four digits", null)]
    [InlineData(550, "3.7.1 no such class", null)]
    [InlineData(550, "No such user", null)]
    [InlineData(550, "5.+7.1 sign", null)]
    [InlineData(550, "", null)]
    public void Enhanced_status_is_read_where_it_is_one(int code, string text, string? expected)
        => Assert.Equal(expected, new SmtpReply(code, [text]).Status?.ToString());

    [Fact]
    public void Text_is_one_clean_bounded_line()
    {
        var reply = new SmtpReply(550, ["5.7.1 first\u0007line", "se\u202Econd", new string('x', 2000)]);
        Assert.StartsWith("5.7.1 first line se cond xxx", reply.Text, StringComparison.Ordinal);
        Assert.Equal(500, reply.Text.Length);
    }
}
