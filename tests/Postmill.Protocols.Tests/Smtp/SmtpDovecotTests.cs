using Postmill.Protocols.Net;
using Postmill.Protocols.Smtp;
using Postmill.Testing.Servers;

namespace Postmill.Protocols.Tests.Smtp;

/// <summary>A real submission server.</summary>
public sealed class SmtpDovecotTests(SubmissionServer server) : IClassFixture<SubmissionServer>
{
    [Theory]
    [InlineData(TlsMode.StartTls)]
    [InlineData(TlsMode.Implicit)]
    public async Task Right_password_gets_in_and_a_wrong_one_is_refused_in_the_servers_words(TlsMode tls)
    {
        await SmtpLogin.VerifyAsync(Endpoint(tls), new MailCredential(SubmissionServer.User, SubmissionServer.Password), ScriptedSmtpServer.Options(), default);

        var refused = await Assert.ThrowsAsync<MailServerException>(
            () => SmtpLogin.VerifyAsync(Endpoint(tls), new MailCredential(SubmissionServer.User, "wrong-one"), ScriptedSmtpServer.Options(), default));
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
        await connection.NoopAsync(default);
        await connection.ResetAsync(default);
        await connection.QuitAsync(default);
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
