using Postmill.Mail.Net;
using Postmill.Mail.Smtp;
using Postmill.Mail.Tests.Net;
using Postmill.Testing;
using Postmill.Testing.Servers;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>Sessions that open, and sessions that must not.</summary>
public sealed class SmtpConnectionTests
{
    [Fact]
    public async Task Session_in_the_clear_opens_asks_and_ends_politely()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("PIPELINING", "SIZE 1000");
            await peer.AnswerAsync("NOOP", "250 2.0.0 ok\r\n");
            await peer.AnswerAsync("RSET", "250 2.0.0 ok\r\n");
            await peer.AnswerAsync("QUIT", "221 2.0.0 bye\r\n");
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        Assert.Equal("mail.test ESMTP ready", connection.Greeting);
        Assert.True(connection.Extensions.Pipelining);
        Assert.False(connection.IsSecure);
        await connection.NoopAsync(default);
        await connection.ResetAsync(default);
        await connection.QuitAsync(default);
        Assert.True(connection.IsClosed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("221-by")]
    [InlineData("nonsense\r\n")]
    public async Task Goodbye_ends_whatever_the_server_says_to_it(string said)
    {
        var clock = new ManualClock();
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync();
            await peer.AnswerAsync("QUIT", said);
            peer.Reach();
            await peer.StallAsync();
        });
        await using var connection = await server.ConnectAsync(options: ScriptedSmtpServer.Options(clock));
        var begin = clock.GetUtcNow();
        var leaving = connection.QuitAsync(default);
        await server.Reached;
        await GuardedClients.WhileItWaitsAsync(leaving, clock);
        await leaving;
        Assert.InRange(clock.GetUtcNow() - begin, TimeSpan.Zero, TimeSpan.FromSeconds(10));
        Assert.True(connection.IsClosed);
    }

    [Fact]
    public async Task Reply_in_many_lines_and_segments_is_one_reply()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.SendAsync("220-mail.test ES", "MTP\r", "\n220-we do not\n22", "0 like spam\r\n");
            await peer.ExpectAsync("EHLO [127.0.0.1]");
            await peer.SendAsync("250-mail.test\r\n250-PIPE", "LINING\r\n250\r\n");
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        Assert.Equal("mail.test ESMTP we do not like spam", connection.Greeting);
        Assert.True(connection.Extensions.Pipelining);
    }

    [Fact]
    public async Task Reply_line_of_eight_kilobytes_is_taken()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.SendAsync("220 " + new string('x', new GuardLimits().ReplyLineBytes - 4) + "\r\n");
            await peer.EhloAsync();
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        Assert.Equal(NetLimits.ServerTextLength, connection.Greeting.Length);
    }

    [Theory]
    [InlineData("500 what")]
    [InlineData("502 5.5.1 not implemented")]
    public async Task Server_without_EHLO_is_greeted_with_HELO(string refusal)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.SendAsync("220 old.test\r\n");
            await peer.AnswerAsync("EHLO [127.0.0.1]", refusal + "\r\n");
            await peer.AnswerAsync("HELO [127.0.0.1]", "250 hello\r\n");
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        Assert.Empty(connection.Extensions.AuthMechanisms);
        Assert.Equal(MailFault.AuthenticationFailed, await FaultOf(connection.AuthenticateAsync(ScriptedSmtpServer.Ada, default)));
    }

    [Fact]
    public async Task STARTTLS_forgets_what_was_announced_before_it()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("STARTTLS", "AUTH PLAIN", "SIZE 10");
            await peer.AnswerAsync("STARTTLS", "220 2.0.0 go\r\n");
            await peer.StartTlsAsync();
            await peer.EhloAsync("AUTH LOGIN");
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync(TlsMode.StartTls);
        Assert.True(connection.IsSecure);
        Assert.Equal(["LOGIN"], connection.Extensions.AuthMechanisms);
        Assert.Null(connection.Extensions.MaxMessageBytes);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Answers_injected_after_STARTTLS_are_refused(bool inOneSegment)
    {
        string[] injected = inOneSegment ? ["220 go\r\n250-evil.test\r\n250 AUTH PLAIN\r\n"] : ["220 go\r\n", "250-evil.test\r\n250 AUTH PLAIN\r\n"];
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("STARTTLS");
            await peer.ExpectAsync("STARTTLS");
            await peer.SendAsync(injected);
            await peer.GoneAsync();
        });
        // A segment that comes late meets the handshake, which it is no part of.
        Assert.Contains(await FaultOf(server.ConnectAsync(TlsMode.StartTls)), new[] { MailFault.ProtocolError, MailFault.TlsFailed, MailFault.Disconnected });
    }

    [Fact]
    public async Task Server_without_STARTTLS_hears_nothing_more()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("AUTH PLAIN");
            Assert.Null(await peer.ReadLineAsync());
        });
        Assert.Equal(MailFault.PlaintextRefused, await FaultOf(server.VerifyAsync(TlsMode.StartTls)));
    }

    [Fact]
    public async Task Certificate_that_is_not_trusted_ends_the_session()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("STARTTLS");
            await peer.AnswerAsync("STARTTLS", "220 go\r\n");
            if (await peer.StartTlsAsync(TestCertificates.Shared.SelfSigned)) await peer.GoneAsync();
        });
        Assert.Equal(MailFault.TlsFailed, await FaultOf(server.VerifyAsync(TlsMode.StartTls)));
    }

    [Fact]
    public async Task Plaintext_endpoint_is_not_even_connected_where_it_is_not_allowed()
    {
        await using var server = new ScriptedSmtpServer(peer => peer.GoneAsync());
        var options = ScriptedSmtpServer.Options();
        options = options with { Transport = options.Transport with { AllowPlaintext = false } };
        Assert.Equal(MailFault.PlaintextRefused, await FaultOf(server.VerifyAsync(TlsMode.None, options)));
        Assert.Equal(0, server.Connections);
    }

    [Theory]
    [InlineData("250 2.0.0 ok\r\n250 2.0.0 and another\r\n", MailFault.ProtocolError)]
    [InlineData("250 2.0.0 ok\r\n421 4.3.2 shutting down\r\n", MailFault.Disconnected)]
    public async Task Answer_nobody_asked_for_is_not_taken_for_the_next_one(string replies, MailFault expected)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync();
            await peer.AnswerAsync("NOOP", replies);
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        await connection.NoopAsync(default);
        Assert.Equal(expected, await FaultOf(connection.NoopAsync(default)));
        Assert.True(connection.IsClosed);
    }

    [Fact]
    public async Task Refused_command_leaves_the_session_open()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync();
            await peer.AnswerAsync("RSET", "502 5.5.1 no\r\n");
            await peer.AnswerAsync("NOOP", "250 ok\r\n");
            await peer.GoneAsync();
        });
        await using var connection = await server.ConnectAsync();
        var refused = await Assert.ThrowsAsync<MailServerException>(() => connection.ResetAsync(default));
        Assert.Equal((MailFault.CommandRefused, "502", "5.5.1 no"), (refused.Fault, refused.Code, refused.ServerText));
        await connection.NoopAsync(default);
    }

    [Fact]
    public async Task Cancelling_a_command_closes_the_session()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync();
            await peer.ExpectAsync("NOOP");
            await peer.StallAsync();
        });
        await using var connection = await server.ConnectAsync();
        using var cancel = new CancellationTokenSource();
        var asking = connection.NoopAsync(cancel.Token);
        await server.Reached;
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        Assert.True(connection.IsClosed);
    }

    [Theory]
    [InlineData("a%b.test")]
    [InlineData("mail_1.test")]
    [InlineData("bücher.test")]
    public async Task Host_of_any_name_that_resolves_is_connected(string host)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync();
            await peer.GoneAsync();
        });
        var options = ScriptedSmtpServer.Options();
        options = options with { Transport = options.Transport with { Resolve = (_, _) => Task.FromResult(new[] { System.Net.IPAddress.Loopback }) } };
        await using var connection = await SmtpConnection.ConnectAsync(server.Endpoint() with { Host = host }, options, default);
        Assert.False(connection.IsClosed);
    }

    [Fact]
    public async Task Client_name_with_a_line_break_is_a_bug_and_not_a_command()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.SendAsync("220 hi\r\n");
            Assert.Null(await peer.ReadLineAsync());
        });
        await Assert.ThrowsAsync<ArgumentException>(() => server.ConnectAsync(options: ScriptedSmtpServer.Options() with { ClientName = "a\r\nMAIL FROM:<x>" }));
    }

    private static async Task<MailFault> FaultOf(Task task) => (await Assert.ThrowsAsync<MailServerException>(() => task)).Fault;
}
