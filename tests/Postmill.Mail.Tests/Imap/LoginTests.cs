using System.Text;
using Postmill.Mail.Imap;
using Postmill.Mail.Net;

namespace Postmill.Mail.Tests.Imap;

/// <summary>Hard cases 24 and 25: TLS before secrets, and every way to log in.</summary>
public sealed class LoginTests
{
    private static readonly MailCredential User = new("u", "p");

    [Fact]
    public async Task Hard_case_25_quotes_backslashes_and_utf8_in_credentials()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 LITERAL+").Expect("A1 LOGIN \"a\\\"b\\\\c\" {6+}").On("\u00c3\u00a4\"\\ \u007f", "A1 OK [CAPABILITY IMAP4rev1] in");
        await using var imap = await server.ConnectAsync();
        await imap.LoginAsync(new MailCredential("a\"b\\c", "ä\"\\ \u007f"), default);
        Assert.True(imap.IsAuthenticated);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Hard_case_25_logindisabled_without_tls_is_never_tried()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 LOGINDISABLED").ExpectEnd();
        await using (var imap = await server.ConnectAsync()) await ImapParts.FaultOf(() => imap.LoginAsync(User, default), MailFault.PlaintextRefused);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Hard_case_25_sasl_login_where_nothing_else_goes()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 LOGINDISABLED AUTH=LOGIN AUTH=CRAM-MD5")
            .On("A1 AUTHENTICATE LOGIN", "+ VXNlcm5hbWU6").On("dQ==", "+ UGFzc3dvcmQ6").On("cA==", "A1 OK [CAPABILITY IMAP4rev1] in");
        await using var imap = await server.ConnectAsync();
        await imap.LoginAsync(User, default);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Hard_case_25_announced_and_unknown_authenticate_falls_back_to_login_once()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 AUTH=PLAIN SASL-IR")
            .On("A1 AUTHENTICATE PLAIN AHUAcA==", "A1 BAD unknown command").On("A2 LOGIN u p", "A2 OK [CAPABILITY IMAP4rev1] in");
        await using var imap = await server.ConnectAsync();
        await imap.LoginAsync(User, default);
        await server.FinishedAsync();
    }

    [Theory]
    [InlineData("XOAUTH2", "")]
    [InlineData("OAUTHBEARER", "AQ==")]
    public async Task Hard_case_25_refused_token_is_explained_and_answered(string mechanism, string answer)
    {
        var token = new MailCredential("u", "tok", IsToken: true);
        await using var server = new ScriptedImapServer().Greet($"IMAP4rev1 AUTH=PLAIN AUTH={mechanism}").On($"A1 AUTHENTICATE {mechanism}", "+ ");
        await using var imap = await server.ExpectAny(line => Encoding.UTF8.GetString(Convert.FromBase64String(line)).Contains("auth=Bearer tok", StringComparison.Ordinal))
            .Send("+ eyJzdGF0dXMiOiI0MDEifQ==\r\n").On(answer, "A1 NO [AUTHENTICATIONFAILED] expired").ConnectAsync();
        await ImapParts.FaultOf(() => imap.LoginAsync(token, default), MailFault.AuthenticationFailed);
        await server.FinishedAsync();
    }

    [Theory]
    [InlineData("NO [UNAVAILABLE] auth server down", MailFault.CommandRefused)]
    [InlineData("NO [PRIVACYREQUIRED] TLS first", MailFault.PlaintextRefused)]
    [InlineData("NO [EXPIRED] password expired", MailFault.AuthenticationFailed)]
    [InlineData("NO wrong", MailFault.AuthenticationFailed)]
    [InlineData("BAD Request is throttled. Suggested Backoff Time: 5 milliseconds", MailFault.CommandRefused)]
    public async Task Refused_login_says_whether_the_credentials_are_to_blame(string answer, MailFault fault)
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1").On("A1 LOGIN u p", "A1 " + answer);
        await using var imap = await server.ConnectAsync();
        await ImapParts.FaultOf(() => imap.LoginAsync(User, default), fault);
        Assert.True(imap.IsUsable);
    }

    [Fact]
    public async Task Hard_case_24_starttls_forgets_what_was_said_before_it()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 STARTTLS LOGINDISABLED").On("S1 STARTTLS", "S1 OK begin").StartTls()
            .On("A2 CAPABILITY", "* CAPABILITY IMAP4rev1", "A2 OK done").On("A3 LOGIN u p", "A3 OK [CAPABILITY IMAP4rev1] in");
        await using var imap = await server.ConnectAsync();
        Assert.True(imap.IsSecure);
        Assert.False(imap.Capabilities.LoginDisabled);
        await imap.LoginAsync(User, default);
        await server.FinishedAsync();
    }

    [Fact]
    public async Task Hard_case_24_plaintext_injected_after_starttls_is_refused()
    {
        await using var server = new ScriptedImapServer().Greet("IMAP4rev1 STARTTLS")
            .On("S1 STARTTLS", "S1 OK begin", "* CAPABILITY IMAP4rev1 AUTH=PLAIN", "A2 OK done").StartTls();
        await ImapParts.FaultOf(() => server.ConnectAsync(), MailFault.ProtocolError);
    }

    [Fact]
    public async Task Hard_case_24_without_starttls_nothing_secret_is_sent()
    {
        await using var plain = new ScriptedImapServer().Greet("IMAP4rev1").On("S1 STARTTLS", "S1 BAD no tls here").ExpectEnd().StartTls();
        await ImapParts.FaultOf(() => plain.ConnectAsync(), MailFault.PlaintextRefused);

        await using var preauth = new ScriptedImapServer().In("IMAP4rev1 STARTTLS").ExpectEnd().StartTls();
        await ImapParts.FaultOf(() => preauth.ConnectAsync(), MailFault.PlaintextRefused);
    }

    [Fact]
    public async Task Preauth_is_logged_in_already()
    {
        await using var server = new ScriptedImapServer().ImplicitTls().Send("* PREAUTH [CAPABILITY IMAP4rev1] welcome\r\n").On("A1 NOOP", "A1 OK done");
        await using var imap = await server.ConnectAsync();
        await imap.LoginAsync(User, default);
        await imap.NoopAsync(default);
        await server.FinishedAsync();
    }
}
