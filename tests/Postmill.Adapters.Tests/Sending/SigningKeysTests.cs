using System.Security.Cryptography;
using System.Text;
using Postmill.Adapters.Mail;

namespace Postmill.Adapters.Tests.Sending;

public sealed class SigningKeysTests : IDisposable
{
    private static readonly DateTimeOffset At = new(2026, 1, 15, 10, 0, 0, TimeSpan.Zero);
    private static readonly byte[] Mail = Encoding.ASCII.GetBytes("From: me@news.example.org\r\nSubject: hello\r\n\r\nHello.\r\n");

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("postmill-dkim-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void Mail_of_a_domain_and_of_those_below_it_is_signed_and_the_mail_itself_unchanged()
    {
        Key("s1._domainkey.example.org.pem");
        Assert.True(SigningKeys.TryLoad(_directory.FullName, out var keys, out _));
        using (keys)
        {
            foreach (var domain in new[] { "example.org", "news.Example.org" })
            {
                var signed = Encoding.ASCII.GetString(keys.Sign(Mail, domain, At));
                Assert.StartsWith("DKIM-Signature: ", signed, StringComparison.Ordinal);
                Assert.Contains("d=example.org", signed, StringComparison.Ordinal);
                Assert.Contains("s=s1", signed, StringComparison.Ordinal);
                Assert.EndsWith(Encoding.ASCII.GetString(Mail), signed, StringComparison.Ordinal);
            }

            Assert.Equal(Mail, keys.Sign(Mail, "other.example", At));
            Assert.Equal(Mail, keys.Sign(Mail, "notexample.org", At));
        }
    }

    [Theory]
    [InlineData("example.org.pem", "named")]
    [InlineData("s1._domainkey..pem", "domain")]
    public void A_file_that_says_no_selector_and_domain_is_named(string name, string says)
    {
        Key(name);
        Assert.False(SigningKeys.TryLoad(_directory.FullName, out _, out var problem));
        Assert.Contains(says, problem, StringComparison.Ordinal);
        Assert.Contains(name, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_key_is_refused_without_its_text()
    {
        File.WriteAllText(Path.Combine(_directory.FullName, "s1._domainkey.example.org.pem"), "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
        Assert.False(SigningKeys.TryLoad(_directory.FullName, out _, out var problem));
        Assert.DoesNotContain("c2VjcmV0", problem, StringComparison.Ordinal);
        Assert.False(SigningKeys.TryLoad(Path.Combine(_directory.FullName, "missing"), out _, out _));
    }

    [Fact]
    public void Two_keys_of_one_domain_are_refused()
    {
        Key("s1._domainkey.example.org.pem");
        Key("s2._domainkey.example.org.pem");
        Assert.False(SigningKeys.TryLoad(_directory.FullName, out _, out var problem));
        Assert.Contains("example.org has several", problem, StringComparison.Ordinal);
    }

    private void Key(string name)
    {
        using var key = RSA.Create(2048);
        File.WriteAllText(Path.Combine(_directory.FullName, name), key.ExportPkcs8PrivateKeyPem());
    }
}
