using Postmill.Mail.Net;
using Postmill.Mail.Smtp;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>What whoever sends through this client may rely on, whatever does the talking: addresses as they were given, every recipient asked, and nothing but the server's word for a refusal.</summary>
public sealed class SmtpSeamTests
{
    private static readonly string[] Everything = ["PIPELINING", "8BITMIME", "SMTPUTF8", "DSN"];

    [Theory]
    [InlineData("ben@xn--bcher-kva.test")]
    [InlineData("BEN@Mail.TEST")]
    [InlineData("ben(tax)@mail.test")]
    [InlineData("\"ben(tax)\"@mail.test")]
    [InlineData("\"b\\\"en@home\"@mail.test")]
    [InlineData("ben..b.@mail.test")]
    [InlineData("ben@[192.0.2.1]")]
    public async Task Address_is_written_as_it_was_given(string address)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync(Everything);
            await peer.AnswerAsync($"MAIL FROM:<{address}>", SendScript.Ok);
            await peer.AnswerAsync($"RCPT TO:<{address}>", SendScript.Ok);
            await TakeContentAsync(peer);
        });
        await using var connection = await server.ConnectAsync();
        Assert.Equal(SmtpDeliveryKind.Accepted, (await connection.SendAsync(new SmtpEnvelope(address, [new SmtpRecipient(address)]))).Kind);
    }

    [Fact]
    public async Task Recipients_that_differ_in_case_alone_or_not_at_all_are_all_named()
    {
        string[] recipients = ["ben@mail.test", "Ben@mail.test", "ben@mail.test"];
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync(Everything);
            await peer.AnswerAsync(SendScript.MailLine, SendScript.Ok);
            foreach (var recipient in recipients) await peer.AnswerAsync($"RCPT TO:<{recipient}>", SendScript.Ok);
            await TakeContentAsync(peer);
        });
        await using var connection = await server.ConnectAsync();
        var sent = await connection.SendAsync(SendScript.ToBen with { Recipients = [.. recipients.Select(recipient => new SmtpRecipient(recipient))] });
        Assert.All(sent.Recipients, one => Assert.Equal(SmtpVerdict.Accepted, one.Verdict));
    }

    [Theory]
    [InlineData("530 5.7.0 log in for this one", SmtpVerdict.RefusedForGood)]
    [InlineData("521 5.2.1 no mail here", SmtpVerdict.RefusedForGood)]
    [InlineData("452 4.5.3 too many", SmtpVerdict.RefusedForNow)]
    public async Task Refusal_of_one_recipient_is_no_refusal_of_the_mail(string reply, SmtpVerdict verdict)
    {
        foreach (var extensions in new[] { Everything, [] })
        {
            await using var server = new ScriptedSmtpServer(async peer =>
            {
                await peer.OpenAsync(extensions);
                await peer.AnswerAsync(SendScript.MailLine, SendScript.Ok);
                await peer.AnswerAsync(SendScript.RcptBen, reply + "\r\n");
                await peer.AnswerAsync(SendScript.RcptCy, SendScript.Ok);
                await TakeContentAsync(peer);
            });
            await using var connection = await server.ConnectAsync();
            var sent = await connection.SendAsync(SendScript.ToBoth);
            Assert.Equal(SmtpDeliveryKind.Accepted, sent.Kind);
            Assert.Equal([verdict, SmtpVerdict.Accepted], sent.Recipients.Select(one => one.Verdict));
        }
    }

    [Theory]
    [InlineData("250 2.0.0 queued")]
    [InlineData("251 will forward")]
    [InlineData("252 perhaps")]
    [InlineData("220 thanks")]
    [InlineData("250-2.0.0 queued\r\n250 2.0.0 as 42")]
    public async Task Any_2yz_to_the_content_is_an_acceptance(string reply)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync(Everything);
            await peer.TakeMailAsync(SendScript.RcptBen);
            await peer.SendAsync(reply + "\r\n");
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        var sent = await connection.SendAsync();
        Assert.Equal((SmtpDeliveryKind.Accepted, reply[..3]), (sent.Kind, sent.Reply!.Code.ToString(System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Refusal_of_a_pipelined_MAIL_stands_whatever_follows_it()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync(Everything);
            await peer.ReadSegmentAsync();
            await peer.SendAsync("554 5.7.1 never\r\nHTTP/1.1 400 Bad Request\r\n");
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        var refused = await connection.SendAsync();
        Assert.Equal((SmtpDeliveryKind.Refused, SmtpPhase.Mail, 554, false), (refused.Kind, refused.Phase, refused.Reply!.Code, refused.IsTransient));
        Assert.True(connection.IsClosed);
    }

    [Fact]
    public async Task Recipients_accepted_before_the_protocol_broke_mean_nothing()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync(Everything);
            await peer.ReadSegmentAsync();
            await peer.SendAsync(SendScript.Ok + SendScript.Ok + "HTTP/1.1 400 Bad Request\r\n");
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        var lost = await connection.SendAsync(SendScript.ToBoth);
        Assert.Equal((SmtpDeliveryKind.Lost, SmtpPhase.Rcpt, MailFault.ProtocolError, false), (lost.Kind, lost.Phase, lost.Fault, lost.OutcomeUnknown));
        Assert.All(lost.Recipients, one => Assert.Equal(SmtpVerdict.Unsettled, one.Verdict));
    }

    [Fact]
    public async Task Second_mail_that_is_lost_at_its_envelope_is_not_one_of_unknown_outcome()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync(Everything);
            await peer.TakeMailAsync(SendScript.RcptBen);
            await peer.SendAsync(SendScript.Ok);
            await peer.ReadSegmentAsync();
        });
        await using var connection = await server.ConnectAsync();
        Assert.Equal(SmtpDeliveryKind.Accepted, (await connection.SendAsync()).Kind);
        for (var again = 0; again < 2; again++)
        {
            var lost = await connection.SendAsync();
            Assert.Equal((SmtpDeliveryKind.Lost, SmtpPhase.Mail, false), (lost.Kind, lost.Phase, lost.OutcomeUnknown));
        }
    }

    [Theory]
    [InlineData("450 4.3.2 busy\r\n", MailFault.CommandRefused, "450")]
    [InlineData("421 4.3.2 busy\r\n", MailFault.Disconnected, "421")]
    public async Task Server_that_is_busy_at_EHLO_is_not_greeted_with_HELO(string reply, MailFault expected, string code)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.SendAsync("220 mail.test\r\n");
            await peer.AnswerAsync("EHLO [127.0.0.1]", reply);
            Assert.Null(await peer.ReadLineAsync());
        });
        var refused = await Assert.ThrowsAsync<MailServerException>(() => server.ConnectAsync());
        Assert.Equal((expected, code), (refused.Fault, refused.Code));
    }

    [Theory]
    [InlineData("554 5.7.1 not you\r\n", MailFault.CommandRefused)]
    [InlineData("421 4.3.2 busy\r\n", MailFault.Disconnected)]
    [InlineData("250 ready\r\n", MailFault.ProtocolError)]
    [InlineData("354 go\r\n", MailFault.ProtocolError)]
    [InlineData("* OK IMAP4rev1\r\n", MailFault.ProtocolError)]
    public async Task Greeting_in_the_clear_is_told_apart(string greeting, MailFault expected)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.SendAsync(greeting);
            Assert.Null(await peer.ReadLineAsync());
        });
        Assert.Equal(expected, (await Assert.ThrowsAsync<MailServerException>(() => server.ConnectAsync())).Fault);
    }

    private static async Task TakeContentAsync(ScriptedSmtpPeer peer)
    {
        await peer.AnswerAsync("DATA", SendScript.Go);
        await peer.ReadContentAsync();
        await peer.SendAsync(SendScript.Ok);
        await peer.GoneAsync();
    }
}
