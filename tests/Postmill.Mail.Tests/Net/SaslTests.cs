using System.Text;
using Postmill.Mail.Net;

namespace Postmill.Mail.Tests.Net;

public sealed class SaslTests
{
    [Fact]
    public void Plain_carries_utf8_quotes_and_backslashes_as_they_are()
    {
        var message = Sasl.Plain(new MailCredential("zoë", "p\"ä\\ß 🔑"));
        Assert.Equal("\0zoë\0p\"ä\\ß 🔑", Encoding.UTF8.GetString(Convert.FromBase64String(message)));
    }

    [Fact]
    public void OAuthBearer_is_the_example_of_RFC_7628()
    {
        var message = Sasl.OAuthBearer(new MailCredential("user@example.com", "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg==", IsToken: true), "server.example.com", 143);
        Assert.Equal(
            "bixhPXVzZXJAZXhhbXBsZS5jb20sAWhvc3Q9c2VydmVyLmV4YW1wbGUuY29tAXBvcnQ9MTQzAWF1dGg9QmVhcmVyIHZGOWRmdDRxbVRjMk52YjNSbGNrQmhiSFJoZG1semRHRXVZMjl0Q2c9PQEB",
            message);
    }

    [Fact]
    public void Credential_with_a_separator_inside_is_refused()
    {
        var fault = Assert.Throws<MailServerException>(() => Sasl.Plain(new MailCredential("a\0b", "c")));
        Assert.Equal(MailFault.AuthenticationFailed, fault.Fault);
    }

    [Fact]
    public void Token_never_goes_out_as_a_password()
    {
        var token = new MailCredential("u", "t", IsToken: true);
        Assert.Null(Sasl.Choose(["PLAIN", "LOGIN"], token));
        Assert.Equal("XOAUTH2", Sasl.Choose(["plain", "xoauth2"], token));
        Assert.Equal("PLAIN", Sasl.Choose(["LOGIN", "PLAIN", "XOAUTH2"], new MailCredential("u", "p")));
        Assert.DoesNotContain("t", token.ToString()[1..].Replace("(token)", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void Server_text_is_one_bounded_line()
    {
        var text = ServerText.Clean(Encoding.UTF8.GetBytes("evil\r\nX: \u001b[31m\u202Etxt " + new string('x', 10_000)));
        Assert.StartsWith("evil X: [31m txt", text, StringComparison.Ordinal);
        Assert.True(text.Length <= NetLimits.ServerTextLength);
    }
}
