using System.Text;
using Postmill.Mail.Net;
using Postmill.Mail.Smtp;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>AUTH, hard cases 22 and 25: every way in, every way to be refused, and no secret in what comes out.</summary>
public sealed class SmtpAuthTests
{
    private static readonly MailCredential Ada = ScriptedSmtpServer.Ada;

    [Fact]
    public async Task PLAIN_goes_with_its_initial_response()
    {
        await using var server = Offering("PLAIN LOGIN", async peer => await peer.AnswerAsync($"AUTH PLAIN {B64("\0ada@mail.test\0s3cret-pass")}", "235 2.7.0 welcome\r\n"));
        await server.VerifyAsync();
    }

    [Fact]
    public async Task PLAIN_is_repeated_for_a_server_that_ignored_the_initial_response()
    {
        var message = B64("\0ada@mail.test\0s3cret-pass");
        await using var server = Offering("PLAIN", async peer =>
        {
            await peer.AnswerAsync($"AUTH PLAIN {message}", "334 \r\n");
            await peer.AnswerAsync(message, "235 ok\r\n");
        });
        await server.VerifyAsync();
    }

    [Fact]
    public async Task PLAIN_too_long_for_a_command_line_waits_to_be_asked()
    {
        var credential = new MailCredential("ada", new string('p', 600));
        await using var server = Offering("PLAIN", async peer =>
        {
            await peer.AnswerAsync("AUTH PLAIN", "334\r\n");
            await peer.AnswerAsync(B64("\0ada\0" + credential.Secret), "235 ok\r\n");
        });
        await server.VerifyAsync(credential: credential);
    }

    [Fact]
    public async Task LOGIN_is_used_where_PLAIN_is_not_offered()
    {
        await using var server = Offering("login", async peer =>
        {
            await peer.AnswerAsync("AUTH LOGIN", "334 VXNlcm5hbWU6\r\n");
            await peer.AnswerAsync(B64("ada@mail.test"), "334 UGFzc3dvcmQ6\r\n");
            await peer.AnswerAsync(B64("s3cret-pass"), "235 ok\r\n");
        });
        await server.VerifyAsync();
    }

    [Fact]
    public async Task Password_of_any_characters_arrives_as_it_is()
    {
        var credential = new MailCredential("ada", "pä\"ss\\wörd €😀 \r\n");
        await using var server = Offering("PLAIN", async peer => await peer.AnswerAsync($"AUTH PLAIN {B64("\0ada\0" + credential.Secret)}", "235 ok\r\n"));
        await server.VerifyAsync(credential: credential);
    }

    [Theory]
    [InlineData("504 5.5.4 Unrecognized authentication type")]
    [InlineData("502 5.5.1 Command not implemented")]
    [InlineData("553 mechanism disabled")]
    public async Task Announced_mechanism_that_is_not_there_gives_way_to_the_next(string reply)
    {
        await using var server = Offering("PLAIN LOGIN", async peer =>
        {
            await peer.AnswerAsync($"AUTH PLAIN {B64("\0ada@mail.test\0s3cret-pass")}", reply + "\r\n");
            await peer.AnswerAsync("AUTH LOGIN", "334 VXNlcm5hbWU6\r\n");
            await peer.AnswerAsync(B64("ada@mail.test"), "334 UGFzc3dvcmQ6\r\n");
            await peer.AnswerAsync(B64("s3cret-pass"), "235 ok\r\n");
        });
        await server.VerifyAsync();
    }

    [Theory]
    [InlineData("OAUTHBEARER XOAUTH2", "AUTH OAUTHBEARER ", "AQ==")]
    [InlineData("XOAUTH2", "AUTH XOAUTH2 ", "")]
    public async Task Refused_token_lets_the_server_say_why(string offered, string command, string answer)
    {
        await using var server = Offering(offered, async peer =>
        {
            Assert.StartsWith(command, await peer.ReadLineAsync(), StringComparison.Ordinal);
            await peer.SendAsync("334 eyJzdGF0dXMiOiI0MDAifQ==\r\n");
            await peer.AnswerAsync(answer, "535 5.7.8 token expired\r\n");
        });
        var refused = await RefusalOf(server.VerifyAsync(credential: new MailCredential("ada", "t0ken", IsToken: true)));
        Assert.Equal((MailFault.AuthenticationFailed, "5.7.8 token expired"), (refused.Fault, refused.ServerText));
    }

    [Theory]
    [InlineData("535 5.7.8 Username and Password not accepted", MailFault.AuthenticationFailed)]
    [InlineData("534-5.7.9 Application-specific password required. For more\r\n534 5.7.9 https://support.example/?p=1", MailFault.AuthenticationFailed)]
    [InlineData("530 5.7.0 Must issue a STARTTLS command first", MailFault.AuthenticationFailed)]
    [InlineData("538 encryption required", MailFault.AuthenticationFailed)]
    [InlineData("432 4.7.12 A password transition is needed", MailFault.AuthenticationFailed)]
    [InlineData("535", MailFault.AuthenticationFailed)]
    [InlineData("454 4.7.0 Temporary authentication failure", MailFault.CommandRefused)]
    [InlineData("450 4.7.1 too many attempts", MailFault.CommandRefused)]
    [InlineData("421 4.7.0 go away", MailFault.Disconnected)]
    [InlineData("334 VXNlcm5hbWU6\r\n334 VXNlcm5hbWU6", MailFault.ProtocolError)]
    public async Task Refusal_is_told_apart_and_carries_the_servers_words(string reply, MailFault expected)
    {
        await using var server = Offering("PLAIN LOGIN", async peer =>
        {
            await peer.ReadLineAsync();
            await peer.SendAsync(reply + "\r\n");
        });
        var refused = await RefusalOf(server.VerifyAsync());
        Assert.Equal(expected, refused.Fault);
        if (expected != MailFault.ProtocolError) Assert.Equal(reply[..3], refused.Code);
        var firstWord = reply.Split(' ', '-', '\r').Skip(1).FirstOrDefault();
        if (expected != MailFault.ProtocolError && firstWord is not null) Assert.Contains(firstWord, refused.Message, StringComparison.Ordinal);
        Assert.Equal(1, server.Connections);
    }

    // RFC 4954 section 4 has 235 alone; smtp-sink of Postfix says 250.
    [Fact]
    public async Task Any_2yz_lets_us_in()
    {
        await using var server = Offering("PLAIN", async peer => await peer.AnswerAsync($"AUTH PLAIN {B64("\0ada@mail.test\0s3cret-pass")}", "250 2.0.0 Ok\r\n"));
        await server.VerifyAsync();
        Assert.Equal(1, server.Connections);
    }

    [Fact]
    public async Task Server_that_asks_for_ever_is_left()
    {
        await using var server = Offering("LOGIN", async peer =>
        {
            while (await peer.ReadLineAsync() is not null) await peer.SendAsync("334 VXNlcm5hbWU6\r\n");
        });
        Assert.Equal(MailFault.ProtocolError, (await RefusalOf(server.VerifyAsync())).Fault);
    }

    [Theory]
    [InlineData(new string[0], "no login")]
    [InlineData(new[] { "AUTH" }, "no login")]
    [InlineData(new[] { "AUTH CRAM-MD5 GSSAPI" }, "a password")]
    public async Task Server_without_a_usable_AUTH_is_said_to_be_one(string[] extensions, string words)
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync(extensions);
            Assert.Null(await peer.ReadLineAsync());
        });
        var refused = await RefusalOf(server.VerifyAsync());
        Assert.Equal(MailFault.AuthenticationFailed, refused.Fault);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Echoes =>
    [
        "535 I heard s3cret-pass from you",
        $"501 5.5.2 cannot decode {B64("\0ada@mail.test\0s3cret-pass")}",
        $"501-cannot decode {B64("\0ada@mail.test\0s3cret-pass")[..12]}\r\n501 {B64("\0ada@mail.test\0s3cret-pass")[12..]}",
        $"421 4.7.0 bad line: AUTH PLAIN {B64("\0ada@mail.test\0s3cret-pass")}",
        $"{B64("s3cret-pass")} what is this?",
        $"AUTH PLAIN {B64("\0ada@mail.test\0s3cret-pass")}",
    ];

    [Theory]
    [MemberData(nameof(Echoes))]
    public async Task Server_that_repeats_the_password_does_not_make_us_repeat_it(string reply)
    {
        await using var server = Offering("PLAIN", async peer =>
        {
            await peer.ReadLineAsync();
            await peer.SendAsync(reply + "\r\n");
        });
        var shown = (await RefusalOf(server.VerifyAsync())).ToString();
        Assert.Contains("the server repeated the login", shown, StringComparison.Ordinal);
        foreach (var secret in new[] { "s3cret-pass", B64("s3cret-pass"), B64("\0ada@mail.test\0s3cret-pass")[12..] }) Assert.DoesNotContain(secret, shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credential_that_cannot_be_sent_is_refused_before_it_is()
    {
        await using var server = new ScriptedSmtpServer(async peer =>
        {
            await peer.OpenAsync("AUTH PLAIN");
            Assert.Null(await peer.ReadLineAsync());
        });
        Assert.Equal(MailFault.AuthenticationFailed, (await RefusalOf(server.VerifyAsync(credential: new MailCredential("ada", "nul\0")))).Fault);
        Assert.Equal(MailFault.AuthenticationFailed, (await RefusalOf(server.VerifyAsync(credential: new MailCredential("ada", new string('p', SmtpLimits.AuthLineBytes))))).Fault);
    }

    [Fact]
    public async Task Second_login_in_one_session_is_a_bug()
    {
        await using var server = Offering("PLAIN", async peer =>
        {
            await peer.ReadLineAsync();
            await peer.SendAsync("235 ok\r\n");
        });
        await using var connection = await server.ConnectAsync();
        await connection.AuthenticateAsync(Ada, default);
        Assert.True(connection.IsAuthenticated);
        await Assert.ThrowsAsync<InvalidOperationException>(() => connection.AuthenticateAsync(Ada, default));
        await connection.QuitAsync(default);
    }

    private static ScriptedSmtpServer Offering(string mechanisms, Func<ScriptedSmtpPeer, Task> script) => new(async peer =>
    {
        await peer.OpenAsync($"AUTH {mechanisms}");
        await script(peer);
        if (await peer.ReadLineAsync() == "QUIT") await peer.SendAsync("221 bye\r\n");
    });

    private static string B64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static Task<MailServerException> RefusalOf(Task task) => Assert.ThrowsAsync<MailServerException>(() => task);
}
