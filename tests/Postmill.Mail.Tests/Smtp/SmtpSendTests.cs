using System.Text;
using Postmill.Mail.Net;
using Postmill.Mail.Smtp;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>A mail that goes its way: what is said, in which order and in how many writes.</summary>
public sealed class SmtpSendTests
{
    [Fact]
    public async Task Server_without_extensions_is_asked_line_by_line()
    {
        byte[] content = [];
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync();
            content = await peer.TakeMailAsync(SendScript.RcptBen, SendScript.RcptCy);
            await peer.SendAsync("250 2.0.0 queued as 42\r\n");
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        var sent = await connection.SendAsync(SendScript.ToBoth);
        Assert.Equal((SmtpDeliveryKind.Accepted, SmtpPhase.Content, 250, "2.0.0 queued as 42"), (sent.Kind, sent.Phase, sent.Reply!.Code, sent.Reply.Text));
        Assert.All(sent.Recipients, one => Assert.Equal((SmtpVerdict.Accepted, SmtpPhase.Rcpt, "2.0.0"), (one.Verdict, one.Phase, one.Reply!.Status.ToString())));
        Assert.Equal(SendScript.Content, Encoding.UTF8.GetString(content));
        Assert.False(connection.IsClosed);
    }

    [Fact]
    public async Task Pipelined_envelope_is_one_write_and_a_small_content_with_its_dot_is_one_too()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("PIPELINING", "SIZE 1000");
            Assert.Equal($"{SendScript.MailLine} SIZE=23\r\n{SendScript.RcptBen}\r\n{SendScript.RcptCy}\r\n", await peer.ReadSegmentAsync());
            await peer.SendAsync(SendScript.Ok + SendScript.Ok + SendScript.Ok);
            Assert.Equal("DATA\r\n", await peer.ReadSegmentAsync());
            await peer.SendAsync(SendScript.Go);
            Assert.Equal(SendScript.Content + ".\r\n", await peer.ReadSegmentAsync());
            await peer.SendAsync(SendScript.Ok);
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        Assert.Equal(SmtpDeliveryKind.Accepted, (await connection.SendAsync(SendScript.ToBoth)).Kind);
    }

    [Fact]
    public async Task Chunking_is_not_used()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("CHUNKING");
            await peer.TakeMailAsync(SendScript.RcptBen);
            await peer.SendAsync(SendScript.Ok);
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        Assert.Equal(SmtpDeliveryKind.Accepted, (await connection.SendAsync()).Kind);
    }

    [Fact]
    public async Task Refused_recipient_does_not_keep_the_mail_from_the_others()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("PIPELINING");
            await peer.AnswerAsync(SendScript.MailLine, SendScript.Ok);
            await peer.AnswerAsync(SendScript.RcptBen, "450 4.2.1 greylisted\r\n");
            await peer.AnswerAsync("RCPT TO:<dan@mail.test>", "550-5.1.1 nobody\r\n550 5.1.1 of that name\r\n");
            await peer.AnswerAsync(SendScript.RcptCy, "251 will forward\r\n");
            await peer.AnswerAsync("DATA", SendScript.Go);
            await peer.ReadContentAsync();
            await peer.SendAsync(SendScript.Ok);
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        var sent = await connection.SendAsync(SendScript.ToBoth with { Recipients = [SendScript.Ben, new SmtpRecipient("dan@mail.test"), SendScript.Cy] });
        Assert.Equal(SmtpDeliveryKind.Accepted, sent.Kind);
        Assert.Equal([SmtpVerdict.RefusedForNow, SmtpVerdict.RefusedForGood, SmtpVerdict.Accepted], sent.Recipients.Select(one => one.Verdict));
        Assert.Equal(["4.2.1 greylisted", "5.1.1 nobody 5.1.1 of that name", "will forward"], sent.Recipients.Select(one => one.Reply!.Text));
        Assert.Equal(["4.2.1", "5.1.1", null], sent.Recipients.Select(one => one.Reply!.Status?.ToString()));
    }

    [Theory]
    [InlineData("550 5.1.1 nobody", "450 4.2.1 greylisted", true)]
    [InlineData("550 5.1.1 nobody", "553 5.1.3 nonsense", false)]
    public async Task Mail_that_no_recipient_takes_has_no_content_and_the_next_one_begins_with_RSET(string ben, string cy, bool isTransient)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("PIPELINING");
            await peer.AnswerAsync(SendScript.MailLine, SendScript.Ok);
            await peer.AnswerAsync(SendScript.RcptBen, ben + "\r\n");
            await peer.AnswerAsync(SendScript.RcptCy, cy + "\r\n");
            Assert.Equal($"RSET\r\n{SendScript.MailLine}\r\n{SendScript.RcptBen}\r\n", await peer.ReadSegmentAsync());
            await peer.SendAsync(SendScript.Ok + SendScript.Ok + SendScript.Ok);
            await peer.AnswerAsync("DATA", SendScript.Go);
            await peer.ReadContentAsync();
            await peer.SendAsync(SendScript.Ok);
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        var refused = await connection.SendAsync(SendScript.ToBoth);
        Assert.Equal((SmtpDeliveryKind.Refused, SmtpPhase.Rcpt, isTransient, false), (refused.Kind, refused.Phase, refused.IsTransient, refused.OutcomeUnknown));
        Assert.Equal(cy[..3], refused.Reply!.Code.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(SmtpDeliveryKind.Accepted, (await connection.SendAsync()).Kind);
    }

    [Fact]
    public async Task Intent_is_committed_after_the_envelope_and_before_the_content()
    {
        var committed = new TaskCompletionSource<bool>();
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("PIPELINING");
            await peer.AnswerAsync(SendScript.MailLine, SendScript.Ok);
            await peer.AnswerAsync(SendScript.RcptBen, SendScript.Ok);
            await peer.ExpectAsync("DATA");
            Assert.True(committed.Task.IsCompleted);
            await peer.SendAsync(SendScript.Go);
            await peer.ReadContentAsync();
            await peer.SendAsync(SendScript.Ok);
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        var asked = new TaskCompletionSource();
        var sending = connection.SendAsync(SendScript.ToBen, SendScript.Payload, async _ =>
        {
            asked.SetResult();
            return await committed.Task;
        }, default);
        await asked.Task;
        committed.SetResult(true);
        Assert.Equal(SmtpDeliveryKind.Accepted, (await sending).Kind);
    }

    [Fact]
    public async Task Withdrawn_mail_sends_no_content_and_the_session_goes_on()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync();
            await peer.AnswerAsync(SendScript.MailLine, SendScript.Ok);
            await peer.AnswerAsync(SendScript.RcptBen, SendScript.Ok);
            await peer.AnswerAsync("RSET", SendScript.Ok);
            await peer.TakeMailAsync(SendScript.RcptBen);
            await peer.SendAsync(SendScript.Ok);
            await peer.TakeMailAsync(SendScript.RcptBen);
            await peer.SendAsync(SendScript.Ok);
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        var withdrawn = await connection.SendAsync(SendScript.ToBen, SendScript.Payload, _ => ValueTask.FromResult(false), default);
        Assert.Equal((SmtpDeliveryKind.Withdrawn, false), (withdrawn.Kind, withdrawn.OutcomeUnknown));
        Assert.Equal(SmtpVerdict.Unsettled, Assert.Single(withdrawn.Recipients).Verdict);
        Assert.Equal(SmtpDeliveryKind.Accepted, (await connection.SendAsync()).Kind);
        Assert.Equal(SmtpDeliveryKind.Accepted, (await connection.SendAsync()).Kind);
    }

    [Fact]
    public async Task What_beforeContent_throws_is_the_callers_and_the_session_goes_on()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync();
            await peer.AnswerAsync(SendScript.MailLine, SendScript.Ok);
            await peer.AnswerAsync(SendScript.RcptBen, SendScript.Ok);
            await peer.AnswerAsync("RSET", SendScript.Ok);
            await peer.TakeMailAsync(SendScript.RcptBen);
            await peer.SendAsync(SendScript.Ok);
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        await Assert.ThrowsAsync<TimeoutException>(() => connection.SendAsync(SendScript.ToBen, SendScript.Payload, _ => throw new TimeoutException("the database"), default));
        Assert.Equal(SmtpDeliveryKind.Accepted, (await connection.SendAsync()).Kind);
    }

    [Fact]
    public async Task Session_takes_as_many_mails_as_the_server_says_and_counts_them()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("LIMITS MAILMAX=2 RCPTMAX=1");
            for (var i = 0; i < 2; i++)
            {
                await peer.TakeMailAsync(SendScript.RcptBen);
                await peer.SendAsync(SendScript.Ok);
            }
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        Assert.Equal(2, connection.MailsLeft);
        var sent = await connection.SendAsync(SendScript.ToBoth);
        Assert.Equal(SmtpDeliveryKind.Accepted, sent.Kind);
        Assert.Equal((SmtpVerdict.RefusedForNow, SmtpRefusedByUs.TooManyRecipients), (sent.Recipients[1].Verdict, sent.Recipients[1].RefusedByUs));
        await connection.SendAsync();
        Assert.Equal(0, connection.MailsLeft);
        var over = await connection.SendAsync();
        Assert.Equal((SmtpDeliveryKind.RefusedByUs, SmtpRefusedByUs.MailsUsedUp, true), (over.Kind, over.RefusedByUs, over.IsTransient));
    }

    [Fact]
    public async Task Replies_to_a_pipeline_may_be_longer_than_any_buffer_and_come_in_any_pieces()
    {
        var recipients = Enumerable.Range(0, 60).Select(i => new SmtpRecipient($"u{i}@mail.test")).ToArray();
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("PIPELINING");
            await peer.ExpectAsync(SendScript.MailLine);
            for (var i = 0; i < recipients.Length; i++) await peer.ExpectAsync($"RCPT TO:<u{i}@mail.test>");
            foreach (var octet in SendScript.Ok) await peer.SendAsync(octet.ToString());
            for (var i = 0; i < recipients.Length; i++) await peer.SendAsync($"250-2.1.5 {new string('x', 4000)}\r\n250 2.1.5 u{i}\r", "\n");
            await peer.AnswerAsync("DATA", SendScript.Go);
            await peer.ReadContentAsync();
            await peer.SendAsync(SendScript.Ok);
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        var sent = await connection.SendAsync(new SmtpEnvelope("ada@mail.test", recipients));
        Assert.Equal(SmtpDeliveryKind.Accepted, sent.Kind);
        Assert.Equal(recipients.Select((_, i) => $"2.1.5 u{i}"), sent.Recipients.Select(one => one.Reply!.Lines[1]));
    }

    [Fact]
    public async Task Hundreds_of_recipients_go_in_bounded_batches()
    {
        var recipients = Enumerable.Range(0, 300).Select(i => new SmtpRecipient($"u{i}@mail.test")).ToArray();
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("PIPELINING");
            await peer.ExpectAsync(SendScript.MailLine);
            var unanswered = 1;
            for (var i = 0; i < recipients.Length; i++)
            {
                await peer.ExpectAsync($"RCPT TO:<u{i}@mail.test>");
                if (++unanswered < SmtpLimits.PipelinedCommands && i < recipients.Length - 1) continue;
                await peer.SendAsync(string.Concat(Enumerable.Repeat(SendScript.Ok, unanswered)));
                unanswered = 0;
            }
            await peer.AnswerAsync("DATA", SendScript.Go);
            await peer.ReadContentAsync();
            await peer.SendAsync(SendScript.Ok);
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        var sent = await connection.SendAsync(new SmtpEnvelope("ada@mail.test", recipients));
        Assert.Equal(SmtpDeliveryKind.Accepted, sent.Kind);
        Assert.All(sent.Recipients, one => Assert.Equal(SmtpVerdict.Accepted, one.Verdict));
    }
}
