using System.Text;
using Postmill.Mail.Smtp;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>Parameters of MAIL and RCPT: asked for when they are needed and only where the server knows them.</summary>
public sealed class SmtpEnvelopeTests
{
    private static readonly string[] Everything = ["SIZE", "8BITMIME", "SMTPUTF8", "DSN"];

    [Fact]
    public Task Size_is_that_of_the_content_on_the_wire() => SaysAsync(["SIZE"], SendScript.ToBen, "a\nb", "MAIL FROM:<ada@mail.test> SIZE=6", SendScript.RcptBen);

    [Fact]
    public Task Empty_sender_is_said_as_one() => SaysAsync([], SendScript.ToBen with { From = "" }, "a\r\n", "MAIL FROM:<>", SendScript.RcptBen);

    [Fact]
    public Task Eight_bit_content_is_said_to_be_so() => SaysAsync(["8BITMIME"], SendScript.ToBen, "ä\r\n", "MAIL FROM:<ada@mail.test> BODY=8BITMIME", SendScript.RcptBen);

    [Fact]
    public Task Address_beyond_ASCII_asks_for_SMTPUTF8() =>
        SaysAsync(Everything, new SmtpEnvelope("ada@mail.test", [new SmtpRecipient("jörg@bücher.test")]), "a\r\n", "MAIL FROM:<ada@mail.test> SIZE=3 SMTPUTF8", "RCPT TO:<jörg@bücher.test>");

    [Fact]
    public Task Header_in_UTF8_asks_for_SMTPUTF8() =>
        SaysAsync(Everything, SendScript.ToBen with { NeedsUtf8 = true }, "ä\r\n", "MAIL FROM:<ada@mail.test> SIZE=4 BODY=8BITMIME SMTPUTF8", SendScript.RcptBen);

    [Fact]
    public Task Reports_are_asked_for_in_xtext() => SaysAsync(
        ["DSN"],
        new SmtpEnvelope("ada@mail.test",
        [
            new SmtpRecipient("ben@mail.test") { Notify = SmtpNotify.Success | SmtpNotify.Failure | SmtpNotify.Delay, OriginalRecipient = "ben+a=b c@mail.test" },
            new SmtpRecipient("cy@mail.test") { Notify = SmtpNotify.Never | SmtpNotify.Success, OriginalRecipient = "jörg+x@mail.test" },
            new SmtpRecipient("dan@mail.test") { Notify = SmtpNotify.Delay, OriginalRecipient = new string('+', 200) + "@mail.test" },
        ])
        {
            EnvelopeId = "id=1 + 2",
            Return = SmtpReturn.Headers,
        },
        "a\r\n",
        "MAIL FROM:<ada@mail.test> RET=HDRS ENVID=id+3D1+20+2B+202",
        "RCPT TO:<ben@mail.test> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;ben+2Ba+3Db+20c@mail.test",
        "RCPT TO:<cy@mail.test> NOTIFY=NEVER ORCPT=utf-8;j\\x{F6}rg\\x{2B}x@mail.test",
        "RCPT TO:<dan@mail.test> NOTIFY=DELAY");

    [Fact]
    public Task Server_without_DSN_is_not_asked_for_reports() => SaysAsync(
        [], new SmtpEnvelope("ada@mail.test", [SendScript.Ben with { Notify = SmtpNotify.Never, OriginalRecipient = "x@y" }]) { EnvelopeId = "id", Return = SmtpReturn.Full }, "a\r\n", SendScript.MailLine, SendScript.RcptBen);

    [Fact]
    public async Task Longest_envelope_fits_into_its_lines()
    {
        var address = new string('b', 244) + "@mail.test";
        var recipient = new SmtpRecipient(address) { Notify = SmtpNotify.Success | SmtpNotify.Failure | SmtpNotify.Delay, OriginalRecipient = new string('o', 493) };
        var envelope = new SmtpEnvelope(address, [recipient]) { EnvelopeId = new string('e', 100), Return = SmtpReturn.Full, NeedsUtf8 = true };
        await SaysAsync(Everything, envelope, "ä\r\n", $"MAIL FROM:<{address}> SIZE=4 BODY=8BITMIME SMTPUTF8 RET=FULL ENVID={new string('e', 100)}", $"RCPT TO:<{address}> NOTIFY=SUCCESS,FAILURE,DELAY ORCPT=rfc822;{new string('o', 493)}");
    }

    [Theory]
    [InlineData("LIMITS RCPTMAX=20 MAILMAX=5", 20, 5)]
    [InlineData("limits mailmax=5", null, 5)]
    [InlineData("LIMITS RCPTMAX=0 MAILMAX=x", null, null)]
    [InlineData("LIMITS RCPTMAXIMUM=3 MAILMAX", null, null)]
    [InlineData("LIMITS", null, null)]
    public async Task Limits_are_read_where_they_are_numbers(string line, int? recipients, int? mails)
    {
        var extensions = await ExtensionsAsync(line);
        Assert.Equal((recipients, mails), (extensions.MaxRecipients, extensions.MaxMails));
    }

    [Fact]
    public async Task Extensions_are_read_in_the_old_and_the_new_way()
    {
        var extensions = await ExtensionsAsync("PIPELINING", "size 35882577", "AUTH=LOGIN", "auth PLAIN XOAUTH2", "8BITMIME", "DSN", "SMTPUTF8", "X-NONE");
        Assert.True(extensions is { Pipelining: true, EightBitMime: true, Dsn: true, SmtpUtf8: true, Size: true });
        Assert.Equal(["LOGIN", "PLAIN", "XOAUTH2"], extensions.AuthMechanisms);
        Assert.Equal(35882577, extensions.MaxMessageBytes);
        Assert.True(await ExtensionsAsync() is { Pipelining: false, EightBitMime: false, Dsn: false, SmtpUtf8: false, Size: false, MaxMessageBytes: null, AuthMechanisms.Count: 0 });
    }

    [Theory]
    [InlineData("SIZE")]
    [InlineData("SIZE 0")]
    [InlineData("SIZE -1")]
    [InlineData("SIZE 99999999999999999999999")]
    [InlineData("SIZE many")]
    public async Task Size_that_names_no_bytes_is_no_limit(string line) => Assert.True(await ExtensionsAsync(line) is { Size: true, MaxMessageBytes: null });

    private static async Task<SmtpExtensions> ExtensionsAsync(params string[] lines)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync(lines);
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        return connection.Extensions;
    }

    private static async Task SaysAsync(string[] extensions, SmtpEnvelope envelope, string content, params string[] lines)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync(extensions);
            foreach (var line in lines) await peer.AnswerAsync(line, SendScript.Ok);
            await peer.AnswerAsync("DATA", SendScript.Go);
            await peer.ReadContentAsync();
            await peer.SendAsync(SendScript.Ok);
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        Assert.Equal(SmtpDeliveryKind.Accepted, (await connection.SendAsync(envelope, SmtpPayload.Of(Encoding.UTF8.GetBytes(content)))).Kind);
    }
}
