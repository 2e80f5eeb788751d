using System.Text;
using Postmill.Mail.Net;
using Postmill.Mail.Smtp;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>AUTH SCRAM-SHA-256: the example of RFC 7677 as a session, and servers that do not keep to it.</summary>
public sealed class SmtpScramTests
{
    private const string ServerFirst = "r=%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
    private static readonly MailCredential User = new("user", "pencil");
    private static readonly byte[] Nonce = Convert.FromBase64String("rOprNGfwEbeRWgbNEkqO");

    [Fact]
    public async Task Password_does_not_travel_and_the_server_proves_itself()
    {
        await using var server = Offering("PLAIN LOGIN SCRAM-SHA-256", async peer =>
        {
            await ChallengeAsync(peer);
            await peer.AnswerAsync(B64("c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="), $"334 {B64("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")}\r\n");
            await peer.AnswerAsync("", "235 2.7.0 welcome\r\n");
        });
        await VerifyAsync(server);
    }

    [Fact]
    public async Task Challenge_stays_as_it_is_also_where_a_short_password_is_in_it_by_chance()
    {
        await using var server = Offering("SCRAM-SHA-256", async peer =>
        {
            await ChallengeAsync(peer);
            // "c=biws", the beginning of an answer that only an unharmed challenge gets.
            Assert.StartsWith("Yz1iaXdz", await peer.ReadLineAsync(), StringComparison.Ordinal);
            await peer.SendAsync("535 5.7.8 no\r\n");
        });
        Assert.Equal(MailFault.AuthenticationFailed, (await Assert.ThrowsAsync<MailServerException>(() => VerifyAsync(server, new MailCredential("user", "c")))).Fault);
    }

    [Theory]
    [InlineData("235 2.7.0 welcome")]
    [InlineData("334 dj1BQUFB")]
    public async Task Server_that_proves_nothing_is_left(string reply)
    {
        await using var server = Offering("SCRAM-SHA-256", async peer =>
        {
            await ChallengeAsync(peer);
            await peer.ReadLineAsync();
            await peer.SendAsync(reply + "\r\n");
        });
        Assert.Equal(MailFault.ProtocolError, (await Assert.ThrowsAsync<MailServerException>(() => VerifyAsync(server))).Fault);
    }

    [Theory]
    [InlineData("535 5.7.8 no")]
    [InlineData("334 ZT1pbnZhbGlkLXByb29m")]
    public async Task Wrong_password_is_tried_once(string reply)
    {
        await using var server = Offering("SCRAM-SHA-256 PLAIN", async peer =>
        {
            await ChallengeAsync(peer);
            await peer.ReadLineAsync();
            await peer.SendAsync(reply + "\r\n");
            if (reply.StartsWith("334", StringComparison.Ordinal)) await peer.AnswerAsync("", "535 5.7.8 no\r\n");
        });
        Assert.Equal(MailFault.AuthenticationFailed, (await Assert.ThrowsAsync<MailServerException>(() => VerifyAsync(server))).Fault);
    }

    [Theory]
    [InlineData("535 5.7.8 no such credentials")]
    [InlineData("504 5.5.4 no such mechanism")]
    public async Task User_without_SCRAM_at_this_server_logs_in_otherwise(string reply)
    {
        await using var server = Offering("SCRAM-SHA-256 PLAIN", async peer =>
        {
            Assert.StartsWith("AUTH SCRAM-SHA-256 ", await peer.ReadLineAsync(), StringComparison.Ordinal);
            await peer.SendAsync(reply + "\r\n");
            await peer.AnswerAsync($"AUTH PLAIN {B64("\0user\0pencil")}", "235 ok\r\n");
        });
        await VerifyAsync(server);
    }

    [Fact]
    public async Task Server_that_is_busy_is_not_asked_again()
    {
        await using var server = Offering("SCRAM-SHA-256 PLAIN", async peer =>
        {
            await peer.ReadLineAsync();
            await peer.SendAsync("454 4.7.0 not now\r\n");
        });
        Assert.Equal(MailFault.CommandRefused, (await Assert.ThrowsAsync<MailServerException>(() => VerifyAsync(server))).Fault);
    }

    private static async Task ChallengeAsync(ScriptedSmtpPeer peer) =>
        await peer.AnswerAsync($"AUTH SCRAM-SHA-256 {B64("n,,n=user,r=rOprNGfwEbeRWgbNEkqO")}", $"334 {B64(ServerFirst.Replace("r=", "r=rOprNGfwEbeRWgbNEkqO", StringComparison.Ordinal))}\r\n");

    private static Task VerifyAsync(ScriptedSmtpServer server, MailCredential? credential = null)
    {
        var options = ScriptedSmtpServer.Options();
        return server.VerifyAsync(options: options with { Transport = options.Transport with { Random = _ => Nonce } }, credential: credential ?? User);
    }

    private static ScriptedSmtpServer Offering(string mechanisms, Func<ScriptedSmtpPeer, Task> script) => new(async peer =>
    {
        await peer.OpenAsync($"AUTH {mechanisms}");
        await script(peer);
        if (await peer.ReadLineAsync() == "QUIT") await peer.SendAsync("221 bye\r\n");
    });

    private static string B64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
