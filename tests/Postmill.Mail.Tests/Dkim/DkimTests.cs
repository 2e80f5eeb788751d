using System.Security.Cryptography;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Postmill.Mail.Dkim;
using Postmill.Mail.Mime.Writing;
using Postmill.Mail.Tests.Mime;
using Postmill.Mail.Tests.Mime.Writing;

namespace Postmill.Mail.Tests.Dkim;

/// <summary>RFC 6376 with RFC 8301; what is signed is judged by MimeKit and by <see cref="DkimVerifier"/>, and that one by a mail of RFC 8463.</summary>
public sealed class DkimTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 5, 12, 0, 0, TimeSpan.Zero);
    private readonly DkimKey _key = Key(Keys.Pkcs8);

    public void Dispose() => _key.Dispose();

    [Fact]
    public void The_verifier_passes_the_mail_of_rfc_8463_and_no_other()
    {
        const string Published = "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutAC"
            + "DfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB";
        const string Signed =
            """
            DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;
             d=football.example.com; i=@football.example.com;
             q=dns/txt; s=test; t=1528637909; h=from : to : subject :
             date : message-id : from : subject : date;
             bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;
             b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3
             DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz
             dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=
            From: Joe SixPack <joe@football.example.com>
            To: Suzie Q <suzie@shopping.example.net>
            Subject: Is dinner ready?
            Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)
            Message-ID: <20030712040037.46341.5F8J@football.example.com>

            Hi.

            We lost the game.  Are you hungry yet?

            Joe.

            """;
        Assert.Equal("pass", DkimVerifier.Verify(TestMail.Octets(Signed), Published));
        Assert.Equal("body", DkimVerifier.Verify(TestMail.Octets(Signed.Replace("lost", "won", StringComparison.Ordinal)), Published));
        Assert.Equal("headers", DkimVerifier.Verify(TestMail.Octets(Signed.Replace("dinner", "lunch", StringComparison.Ordinal)), Published));
    }

    [Theory]
    [InlineData(" C \nD \t E\n\n\n", " C\nD E\n")]
    [InlineData("", "")]
    [InlineData("\n\n", "")]
    [InlineData(" \n\t\n", "")]
    [InlineData("no end", "no end\n")]
    [InlineData("blank ", "blank\n")]
    [InlineData("a\n\n\nb", "a\n\n\nb\n")]
    [InlineData("\n a", "\n a\n")]
    public void A_body_is_relaxed_as_section_3_4_5_shows(string body, string expected)
    {
        byte[] mail = [.. TestMail.Octets("A: X\nFrom: a@example.com\nSubject: Y\t\n\tZ  \n\n"), .. TestMail.Octets(body)];
        var signature = Signer().Sign(mail, Noon);
        Assert.Equal(Convert.ToBase64String(SHA256.HashData(TestMail.Octets(expected))), DkimVerifier.Tags(Encoding.ASCII.GetString(signature))["bh"]);
        Assert.Equal("pass", DkimVerifier.Verify([.. signature, .. mail], Keys.Public));
    }

    [Fact]
    public void A_large_body_is_relaxed_as_a_small_one_is()
    {
        var lines = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"{new string('x', i % 90)}{new string(' ', i % 7)}\t \n"));
        var mail = TestMail.Octets($"From: a@example.com\n\n{lines}");
        Assert.Equal("pass", DkimVerifier.Verify([.. Signer().Sign(mail, Noon), .. mail], Keys.Public));
    }

    [Fact]
    public void Whatever_is_composed_and_signed_verifies_and_nothing_that_was_changed_does()
    {
        var signer = Signer();
        Prop.ForAll(Arb.From(OutgoingMails.Valid), message =>
        {
            var composed = Composing.Compose(message);
            var plain = composed.ToArray();
            var signature = signer.Sign(plain, Noon);
            byte[] mail = [.. signature, .. plain];
            Assert.Equal("pass", DkimVerifier.Verify(mail, Keys.Public));
            // MimeKit reads an enclosed message and writes it anew; one that is none does not come out as it was.
            if (message.Attachments.All(file => file.ContentType != "message/rfc822"))
                Assert.True(PublishedKey.Verifies(mail, _key));
            Assert.False(PublishedKey.Verifies([.. mail, .. "more\r\n"u8], _key));
            Assert.Equal("headers", DkimVerifier.Verify([.. signature, .. "From: evil@example.net\r\n"u8, .. plain], Keys.Public));
            Assert.Equal("body", DkimVerifier.Verify([.. mail, .. "more\r\n"u8], Keys.Public));
            Assert.All(Encoding.ASCII.GetString(signature).Split("\r\n"), line => Assert.InRange(line.Length, 0, 78));
            Composing.AssertPassesAnyServer(composed);
        }).Check(Drawn.Cases(100));
    }

    [Fact]
    public async Task A_streamed_mail_has_the_signature_of_the_whole_one()
    {
        var octets = Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7)).ToArray();
        var file = Composing.File("a.bin", "application/octet-stream", octets);
        var whole = Composing.Compose(Composing.Plain with { Attachments = [file] }).ToArray();
        var opened = 0;
        var content = OutgoingContent.From(octets.Length, _ => ValueTask.FromResult<Stream>(new MemoryStream(octets[(opened++)..])));
        var streamed = Composing.Compose(Composing.Plain with { Attachments = [file with { Content = content }] });
        var signature = await Signer().SignAsync(streamed, Noon);
        Assert.Equal((1, Encoding.ASCII.GetString(Signer().Sign(whole, Noon))), (opened, Encoding.ASCII.GetString(signature)));
        Assert.Equal("pass", DkimVerifier.Verify([.. signature, .. whole], Keys.Public));
        // The second time the stream is an octet short.
        await Assert.ThrowsAsync<InvalidDataException>(() => Signer().SignAsync(streamed, Noon));
    }

    [Fact]
    public void The_field_names_who_signed_what_and_when()
    {
        var composed = Composing.Compose(Composing.Plain with { Headers = [new("List-Unsubscribe", "<https://example.com/u>"), new("X-Not-Signed", "x")] });
        var tags = DkimVerifier.Tags(Encoding.ASCII.GetString(Signer().Sign(composed.ToArray(), Noon)));
        Assert.Equal(("xn--bcher-kva.example", "2026.mail", "1772712000"), (tags["d"], tags["s"], tags["t"]));
        Assert.Equal("from:from:to:subject:date:message-id:mime-version:content-type:content-transfer-encoding:list-unsubscribe", tags["h"]);
        Assert.False(tags.ContainsKey("l"));
        Assert.Equal($"v=DKIM1; k=rsa; p={Keys.Public}", _key.PublicRecord);
    }

    [Fact]
    public void Pkcs1_and_pkcs8_hold_the_same_key()
    {
        using var other = Key(Keys.Pkcs1);
        Assert.Equal(_key.PublicRecord, other.PublicRecord);
        Assert.Equal(2048, other.Bits);
    }

    [Fact]
    public void What_cannot_sign_is_refused_without_a_word_of_it()
    {
        using var small = RSA.Create(768);
        using var curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var large = RSA.Create(2048);
        var encrypted = large.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes128Cbc, HashAlgorithmName.SHA256, 1));
        const string Ed25519 = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----";
        string[] keys = ["", "text", large.ExportSubjectPublicKeyInfoPem(), small.ExportRSAPrivateKeyPem(), curve.ExportPkcs8PrivateKeyPem(), encrypted, Ed25519,
            new string('x', 20_000), Keys.Pkcs8[..200] + Keys.Pkcs8[^60..], Keys.Pkcs8.Replace("MII", "AAA", StringComparison.Ordinal)];
        foreach (var pem in keys)
        {
            Assert.False(DkimKey.TryImport(pem, out _, out var reason), pem);
            Assert.InRange(reason.Length, 10, 100);
        }
    }

    [Theory]
    [InlineData("example.com", "")]
    [InlineData("example.com", "a b")]
    [InlineData("example.com", "a;b")]
    [InlineData("example.com", "a.\r\nb")]
    [InlineData("example.com", "é")]
    [InlineData("", "s")]
    [InlineData("exa mple.com", "s")]
    [InlineData("[192.0.2.1]", "s")]
    [InlineData("a;d=evil.example", "s")]
    public void Only_host_names_name_a_signer(string domain, string selector) => Assert.False(DkimSigner.TryCreate(domain, selector, _key, out _, out _));

    [Fact]
    public async Task Many_sign_with_one_key_at_once()
    {
        var signer = Signer();
        var mail = Composing.Compose(Composing.Plain).ToArray();
        var signatures = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => signer.Sign(mail, Noon))));
        Assert.All(signatures, signature => Assert.Equal(signatures[0], signature));
    }

    [Fact]
    public void Of_several_fields_of_a_name_each_is_signed()
    {
        var mail = TestMail.Octets("From: a@example.com\nTo: b@example.com\nTo: c@example.com\nContent-Type: text/plain\n\ntext\n");
        var signature = Signer().Sign(mail, Noon);
        Assert.Equal("from:from:to:to:content-type", DkimVerifier.Tags(Encoding.ASCII.GetString(signature))["h"]);
        Assert.Equal("pass", DkimVerifier.Verify([.. signature, .. mail], Keys.Public));
    }

    private DkimSigner Signer()
    {
        Assert.True(DkimSigner.TryCreate("Bücher.example", "2026.mail", _key, out var signer, out var reason), reason);
        return signer;
    }

    private static DkimKey Key(string pem)
    {
        Assert.True(DkimKey.TryImport(pem, out var key, out var reason), reason);
        return key;
    }
}
