using System.Text;
using MailKit.Net.Smtp;
using MimeKit;
using Postmill.Mail.Net;
using Postmill.Mail.Tests.Smtp;

namespace Postmill.Mail.Tests.Net;

/// <summary>MailKit's SmtpClient over the guard: limits, replies out of turn, and the moment from which only the server knows.</summary>
public sealed class SmtpGuardedStreamTests
{
    // Far more than socket buffers hold.
    private const int LargeBytes = 32 * 1024 * 1024;

    private static readonly TlsMode[] Modes = [TlsMode.None, TlsMode.Implicit, TlsMode.StartTls];

    // What is said to NOOP, and the limit that it breaks.
    private static readonly (string Said, MailLimit? Broken)[] Answers =
    [
        ($"250 {new string('x', 8 * 1024 - 4)}\r\n", null),
        ($"250 {new string('x', 8 * 1024 - 3)}\r\n", MailLimit.Line),
        (string.Concat(Enumerable.Repeat("250-more\r\n", 255)) + "250 ok\r\n", null),
        (string.Concat(Enumerable.Repeat("250-more\r\n", 256)) + "250 ok\r\n", MailLimit.ReplyLines),
    ];

    public static TheoryData<TlsMode> Tls => [.. Modes];

    public static TheoryData<TlsMode, int> EachAnswer
    {
        get
        {
            var each = new TheoryData<TlsMode, int>();
            foreach (var tls in Modes)
                for (var answer = 0; answer < Answers.Length; answer++) each.Add(tls, answer);
            return each;
        }
    }

    [Theory]
    [MemberData(nameof(EachAnswer))]
    public async Task Reply_ends_the_connection_when_it_breaks_a_limit_and_only_then(TlsMode tls, int answer)
    {
        var (said, broken) = Answers[answer];
        await using var server = Serving(tls, peer => peer.AnswerAsync("NOOP", said));
        var (client, guard) = await server.ConnectSmtpAsync(tls);
        using var owned = client;
        if (broken is null)
        {
            await client.NoOpAsync();
            Assert.Equal((tls != TlsMode.None, 250), (guard.IsSecure, guard.LastReply!.Code));
            return;
        }
        var fault = await GuardedClients.FaultOf(() => client.NoOpAsync());
        Assert.Equal((MailFault.LimitExceeded, broken), (fault.Fault, fault.Limit));
        Assert.True(guard.IsClosed);
    }

    [Theory]
    [MemberData(nameof(Tls))]
    public async Task Endless_EHLO_is_LimitExceeded(TlsMode tls)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            if (tls == TlsMode.Implicit) await peer.StartTlsAsync();
            await peer.SendAsync("220 mail.test\r\n");
            await peer.ReadLineAsync();
            var more = string.Concat(Enumerable.Repeat("250-more\r\n", 1000));
            for (var i = 0; i < 160 && await peer.TrySendAsync(more); i++) { }
        });
        var fault = await GuardedClients.FaultOf(() => server.ConnectSmtpAsync(tls));
        Assert.Equal((MailFault.LimitExceeded, MailLimit.ReplyLines), (fault.Fault, fault.Limit));
    }

    [Theory]
    [MemberData(nameof(Tls))]
    public async Task Session_in_pieces_of_one_octet_is_the_same_session(TlsMode tls)
    {
        await using var server = Serving(tls, async peer =>
        {
            await peer.ExpectAsync("NOOP");
            foreach (var octet in "250-2.0.0 one\r\n250 2.0.0 two\r\n") await peer.SendAsync(octet.ToString());
        });
        var (client, guard) = await server.ConnectSmtpAsync(tls);
        using var owned = client;
        await client.NoOpAsync();
        Assert.Equal("2.0.0 one 2.0.0 two", guard.LastReply!.Text);
    }

    [Theory]
    [InlineData("220 go\r\n250-evil.test\r\n250 AUTH PLAIN\r\n", MailFault.ProtocolError)]
    [InlineData("220 go\r\n\u0016\u0003", MailFault.ProtocolError)]
    [InlineData("454 not now\r\n", MailFault.CommandRefused)]
    [InlineData("502 what\r\n", MailFault.PlaintextRefused)]
    [InlineData("421 busy\r\n", MailFault.Disconnected)]
    [InlineData("354 what\r\n", MailFault.ProtocolError)]
    public async Task STARTTLS_that_does_not_lead_to_a_handshake_ends_the_connection(string answer, MailFault expected)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("STARTTLS");
            await peer.AnswerAsync("STARTTLS", answer);
            await peer.GoneAsync();
        });
        Assert.Equal(expected, (await GuardedClients.FaultOf(() => server.ConnectSmtpAsync(TlsMode.StartTls))).Fault);
    }

    [Fact]
    public async Task Server_without_STARTTLS_hears_nothing_more()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("AUTH PLAIN");
            Assert.Null(await peer.ReadLineAsync());
        });
        Assert.Equal(MailFault.PlaintextRefused, (await GuardedClients.FaultOf(() => server.ConnectSmtpAsync(TlsMode.StartTls))).Fault);
    }

    [Theory]
    [InlineData("250 ok\r\n250 and another\r\n", MailFault.ProtocolError)]
    [InlineData("250 ok\r\n421 shutting down\r\n", MailFault.Disconnected)]
    public async Task Answer_nobody_asked_for_is_not_taken_for_the_next_one(string replies, MailFault expected)
    {
        await using var server = Serving(TlsMode.None, peer => peer.AnswerAsync("NOOP", replies));
        var (client, _) = await server.ConnectSmtpAsync(TlsMode.None);
        using var owned = client;
        await client.NoOpAsync();
        Assert.Equal(expected, (await GuardedClients.FaultOf(() => client.NoOpAsync())).Fault);
    }

    [Fact]
    public async Task Early_250_is_not_the_mails()
    {
        await using var server = Taking(async peer =>
        {
            await peer.ReadBytesAsync(100_000);
            await peer.SendAsync(SendScript.Ok);
        });
        var (client, guard) = await server.ConnectSmtpAsync(TlsMode.None);
        using var owned = client;
        Assert.Equal(MailFault.ProtocolError, (await GuardedClients.FaultOf(() => client.SendAsync(Large()))).Fault);
        Assert.False(guard.HandedOver);
    }

    [Theory]
    [MemberData(nameof(Tls))]
    public async Task Refusal_in_mid_content_is_heard_although_the_server_reads_no_further(TlsMode tls)
    {
        await using var server = Taking(async peer =>
        {
            await peer.ReadBytesAsync(100_000);
            await peer.SendAsync("552-5.3.4 too\r\n552 5.3.4 large\r\n");
            await peer.FinishedAsync();
        }, tls);
        var (client, guard) = await server.ConnectSmtpAsync(tls);
        using var owned = client;
        var fault = await GuardedClients.FaultOf(() => client.SendAsync(Large()));
        server.Finish();
        Assert.Equal((MailFault.CommandRefused, "552", false), (fault.Fault, fault.Code, guard.HandedOver));
        Assert.Equal("5.3.4 too 5.3.4 large", guard.EarlyRefusal!.Text);
    }

    [Fact]
    public async Task Mail_is_handed_over_with_its_end_and_not_before()
    {
        await using var server = Taking(async peer =>
        {
            await peer.ReadContentAsync();
            await peer.SendAsync("250 2.0.0 queued\r\n");
        });
        var (client, guard) = await server.ConnectSmtpAsync(TlsMode.None);
        using var owned = client;
        await client.SendAsync(Large(1 << 20));
        Assert.Equal((true, SmtpVerb.Content, "2.0.0 queued"), (guard.HandedOver, guard.LastVerb, guard.LastReply!.Text));
        Assert.Null(guard.Awaited);
    }

    [Fact]
    public async Task Reply_of_more_than_a_buffer_of_lines_that_are_allowed_is_LimitExceeded()
    {
        await using var server = Serving(TlsMode.None, peer => peer.AnswerAsync("NOOP", string.Concat(Enumerable.Repeat($"250-{new string('x', 8000)}\r\n", 20)) + "250 ok\r\n"));
        var (client, _) = await server.ConnectSmtpAsync(TlsMode.None);
        using var owned = client;
        var fault = await GuardedClients.FaultOf(() => client.NoOpAsync());
        Assert.Equal((MailFault.LimitExceeded, MailLimit.Answer), (fault.Fault, fault.Limit));
    }

    [Fact]
    public async Task What_was_sent_ahead_goes_out_once_and_MailKit_asks_for_its_replies_one_by_one()
    {
        await using var server = Serving(TlsMode.None, async peer =>
        {
            Assert.Equal("NOOP\r\nQUIT\r\n", await peer.ReadSegmentAsync());
            await peer.SendAsync("250 2.0.0 one\r\n221 2.0.0 two\r\n");
            Assert.Null(await peer.ReadLineAsync());
        });
        var (client, guard) = await server.ConnectSmtpAsync(TlsMode.None);
        using var owned = client;
        var lines = "NOOP\r\nQUIT\r\n"u8.ToArray();
        await guard.WriteAheadAsync(lines, lines.Length, CancellationToken.None);
        await client.NoOpAsync();
        Assert.Equal((SmtpVerb.Other, "2.0.0 one"), (guard.LastVerb, guard.LastReply!.Text));
        await client.DisconnectAsync(true);
        Assert.Equal((SmtpVerb.Quit, "2.0.0 two"), (guard.LastVerb, guard.LastReply!.Text));
    }

    [Fact]
    public async Task Server_that_leaves_in_mid_content_was_handed_nothing()
    {
        await using var server = Taking(peer => peer.ReadBytesAsync(100_000), TlsMode.None, stays: false);
        var (client, guard) = await server.ConnectSmtpAsync(TlsMode.None);
        using var owned = client;
        Assert.Equal(MailFault.Disconnected, (await GuardedClients.FaultOf(() => client.SendAsync(Large()))).Fault);
        Assert.Equal((false, SmtpVerb.Content), (guard.HandedOver, guard.Awaited));
    }

    [Fact]
    public async Task Intermediate_reply_to_MAIL_is_no_answer()
    {
        await using var server = Serving(TlsMode.None, async peer =>
        {
            Assert.StartsWith("MAIL FROM:", await peer.ReadLineAsync(), StringComparison.Ordinal);
            await peer.SendAsync("354 go\r\n");
        });
        var (client, _) = await server.ConnectSmtpAsync(TlsMode.None);
        using var owned = client;
        Assert.Equal(MailFault.ProtocolError, (await GuardedClients.FaultOf(() => client.SendAsync(Large()))).Fault);
    }

    private static ScriptedSmtpServer Serving(TlsMode tls, Func<ScriptedSmtpPeer, Task> script, bool stays = true) => new(async peer =>
    {
        if (tls == TlsMode.Implicit) await peer.StartTlsAsync();
        await peer.OpenAsync("STARTTLS");
        if (tls == TlsMode.StartTls)
        {
            await peer.AnswerAsync("STARTTLS", "220 go\r\n");
            await peer.StartTlsAsync();
            await peer.EhloAsync();
        }
        await script(peer);
        if (stays) await peer.GoneAsync();
    });

    private static ScriptedSmtpServer Taking(Func<ScriptedSmtpPeer, Task> content, TlsMode tls = TlsMode.None, bool stays = true) => Serving(tls, async peer =>
    {
        await peer.AnswerAsync(SendScript.MailLine, SendScript.Ok);
        await peer.AnswerAsync(SendScript.RcptBen, SendScript.Ok);
        await peer.AnswerAsync("DATA", SendScript.Go);
        await content(peer);
    }, stays);

    private static MimeMessage Large(int bytes = LargeBytes)
    {
        var text = new StringBuilder(bytes);
        while (text.Length < bytes) text.Append("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde\r\n");
        var message = new MimeMessage { Subject = "large", Body = new TextPart("plain") { Text = text.ToString(), ContentTransferEncoding = ContentEncoding.SevenBit } };
        message.From.Add(new MailboxAddress("", "ada@mail.test"));
        message.To.Add(new MailboxAddress("", "ben@mail.test"));
        return message;
    }
}
