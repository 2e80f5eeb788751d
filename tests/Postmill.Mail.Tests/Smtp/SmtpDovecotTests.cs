using System.Text;
using Postmill.Mail.Net;
using Postmill.Mail.Smtp;
using Postmill.Testing.Servers;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>A real submission server.</summary>
public sealed class SmtpDovecotTests(SubmissionServer server) : IClassFixture<SubmissionServer>
{
    [Theory]
    [InlineData(TlsMode.StartTls)]
    [InlineData(TlsMode.Implicit)]
    public async Task Right_password_gets_in_and_a_wrong_one_is_refused_in_the_servers_words(TlsMode tls)
    {
        await ScriptedSmtpServer.VerifyAsync(Endpoint(tls), new MailCredential(SubmissionServer.User, SubmissionServer.Password), ScriptedSmtpServer.Options());

        var refused = await Assert.ThrowsAsync<MailServerException>(
            () => ScriptedSmtpServer.VerifyAsync(Endpoint(tls), new MailCredential(SubmissionServer.User, "wrong-one"), ScriptedSmtpServer.Options()));
        Assert.Equal((MailFault.AuthenticationFailed, "535"), (refused.Fault, refused.Code));
        Assert.Contains("5.7.8", refused.ServerText, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-one", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Session_lives_on_after_the_login()
    {
        await using var connection = await SmtpConnection.ConnectAsync(Endpoint(TlsMode.StartTls), ScriptedSmtpServer.Options(), default);
        Assert.True(connection.Extensions is { Pipelining: true });
        await connection.AuthenticateAsync(new MailCredential(SubmissionServer.User, SubmissionServer.Password), default);
        // This server has only a hash of the password that SCRAM cannot use, and says so before anything is proven.
        Assert.Equal("PLAIN", connection.AuthMechanism);
        await connection.NoopAsync(default);
        await connection.ResetAsync(default);
        await connection.QuitAsync(default);
    }

    [Theory]
    [InlineData("pencil")]
    [InlineData("päß-wörd-😀")]
    public async Task Server_that_can_proves_that_it_knows_the_password(string password)
    {
        var account = Posix.FindAccount(Posix.IsRoot ? "nobody" : Environment.UserName)!;
        await using var dovecot = await DovecotServer.StartAsync(new DovecotOptions
        {
            ExtraConfig = $$"""
                auth_mechanisms = plain login scram-sha-256
                passdb {
                  driver = static
                  args = password={{password}}
                }
                userdb {
                  driver = static
                  args = uid={{account.Uid}} gid={{account.Gid}} home=/nonexistent
                }
                """,
        });
        var endpoint = new MailEndpoint("localhost", dovecot.SubmissionPort, TlsMode.StartTls);
        await using var connection = await SmtpConnection.ConnectAsync(endpoint, ScriptedSmtpServer.Options(), default);
        await connection.AuthenticateAsync(new MailCredential("ben@mail.test", password), default);
        Assert.Equal("SCRAM-SHA-256", connection.AuthMechanism);
        var refused = await Assert.ThrowsAsync<MailServerException>(() => ScriptedSmtpServer.VerifyAsync(endpoint, new MailCredential("ben@mail.test", "wrong-one"), ScriptedSmtpServer.Options()));
        Assert.Equal(MailFault.AuthenticationFailed, refused.Fault);
    }

    [Fact]
    public async Task Mail_that_is_submitted_over_TLS_arrives_at_the_relay()
    {
        await using var connection = await SmtpConnection.ConnectAsync(Endpoint(TlsMode.StartTls), ScriptedSmtpServer.Options(), default);
        await connection.AuthenticateAsync(new MailCredential(SubmissionServer.User, SubmissionServer.Password), default);
        var content = "Subject: dots and more\r\n\r\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $".{i}\r\n"));
        foreach (var size in new[] { content.Length, 40 })
        {
            var sent = await connection.SendAsync(payload: SmtpPayload.Of(Encoding.ASCII.GetBytes(content[..size])));
            Assert.True(sent.Kind == SmtpDeliveryKind.Accepted, sent.Text);
        }
        var kept = server.Dovecot.Relay.Accepted.Select(mail => Encoding.ASCII.GetString(mail.Raw)).ToList();
        Assert.Contains(kept, mail => mail.Contains(content.ReplaceLineEndings("\n"), StringComparison.Ordinal));
        Assert.Equal(2, kept.Count);
    }

    [Fact]
    public async Task Implicit_TLS_to_a_STARTTLS_port_fails_in_the_handshake()
    {
        var refused = await Assert.ThrowsAsync<MailServerException>(
            () => SmtpConnection.ConnectAsync(Endpoint(TlsMode.StartTls) with { Tls = TlsMode.Implicit }, ScriptedSmtpServer.Options(), default));
        Assert.Equal(MailFault.TlsFailed, refused.Fault);
    }

    private MailEndpoint Endpoint(TlsMode tls) => new("localhost", tls == TlsMode.Implicit ? server.Dovecot.SubmissionsPort : server.Dovecot.SubmissionPort, tls);
}
