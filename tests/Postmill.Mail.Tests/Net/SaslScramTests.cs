using System.Text;
using Postmill.Mail.Net;

namespace Postmill.Mail.Tests.Net;

public sealed class SaslScramTests
{
    private const string ServerNonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";

    [Fact]
    public void Exchange_is_the_example_of_RFC_7677()
    {
        var scram = Begin();
        Assert.Equal("n,,n=user,r=rOprNGfwEbeRWgbNEkqO", Text(scram.First));
        Assert.False(scram.IsProofMade);
        var final = scram.Final(B64($"r={ServerNonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
        Assert.Equal($"c=biws,r={ServerNonce},p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=", Text(final));
        Assert.False(scram.IsVerified);
        Assert.True(scram.Verify(B64("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")));
        Assert.True(scram.IsVerified);
    }

    [Theory]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]
    [InlineData("r=another%nonce,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO%x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO%x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=1000001")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO%x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=99999999999")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO%x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=-4096")]
    [InlineData("r=rOprNGfwEbeRWgbNEkqO%x,s=?,i=4096")]
    [InlineData("m=ext,r=rOprNGfwEbeRWgbNEkqO%x,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096")]
    [InlineData("s=W22ZaJ0SNY7soEsUEjb6gQ==,r=rOprNGfwEbeRWgbNEkqO%x,i=4096")]
    [InlineData("")]
    public void Hostile_challenge_gets_no_proof(string challenge)
    {
        var scram = Begin();
        Assert.Equal(MailFault.ProtocolError, Assert.Throws<MailServerException>(() => scram.Final(B64(challenge))).Fault);
        Assert.False(scram.IsProofMade);
    }

    [Fact]
    public void Challenge_that_is_no_base64_or_has_no_end_is_refused()
    {
        Assert.Equal(MailFault.ProtocolError, Assert.Throws<MailServerException>(() => Begin().Final("r=x")).Fault);
        Assert.Equal(MailFault.ProtocolError, Assert.Throws<MailServerException>(() => Begin().Final(new string('A', 100_000))).Fault);
    }

    [Fact]
    public void Server_that_does_not_know_the_password_is_found_out()
    {
        var scram = Begin();
        scram.Final(B64($"r={ServerNonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
        Assert.Throws<MailServerException>(() => scram.Verify(B64("v=" + B64(new string('x', 32)))));
        Assert.Throws<MailServerException>(() => scram.Verify(B64("v=6rriTRBi")));
        Assert.False(scram.Verify(B64("e=invalid-proof")));
        Assert.False(scram.IsVerified);
        Assert.Throws<MailServerException>(() => Begin().Verify(B64("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")));
    }

    [Fact]
    public void Name_is_escaped_and_prepared() => Assert.Equal("n,,n=a=2Cb=3DIX ,r=n", Text(new SaslScram(new MailCredential("a,b=\u2168\u00A0\u00AD", "x"), "n").First));

    [Fact]
    public void Only_who_can_do_it_chooses_it()
    {
        var credential = new MailCredential("u", "p");
        Assert.Equal("PLAIN", Sasl.Choose(["SCRAM-SHA-256", "PLAIN"], credential));
        Assert.Equal("SCRAM-SHA-256", Sasl.Choose(["PLAIN", "scram-sha-256", "SCRAM-SHA-256-PLUS"], credential, withScram: true));
    }

    private static SaslScram Begin() => new(new MailCredential("user", "pencil"), "rOprNGfwEbeRWgbNEkqO");

    private static string B64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static string Text(string base64) => Encoding.UTF8.GetString(Convert.FromBase64String(base64));
}
