using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Postmill.Testing;
using Postmill.Testing.Servers;
using Postmill.Testing.Sink;

namespace Postmill.Mail.Tests.Sink;

/// <summary>What the sink accepts, byte for byte, and what it says of itself.</summary>
public sealed class JournalSinkTests
{
    [Theory]
    [InlineData("Subject: hi\r\n\r\nbody\r\n", "Subject: hi\r\n\r\nbody\r\n")]
    [InlineData("..\r\n...\r\n.. \r\n", ".\r\n..\r\n. \r\n")]
    [InlineData("a\n.\nb\r.\r\nc\r\n", "a\n.\nb\r.\r\nc\r\n")] // only CR LF . CR LF ends a mail
    [InlineData("..\rx\r\n", ".\rx\r\n")]
    [InlineData(".\rx\r\n", "\rx\r\n")]
    [InlineData("\r\r\r\n", "\r\r\r\n")]
    [InlineData("", "")]
    [InlineData("zażółć\r\n", "zażółć\r\n")]
    public async Task Bytes_are_what_was_sent_without_the_stuffing(string sent, string kept)
    {
        foreach (var cut in Enumerable.Range(0, Encoding.UTF8.GetByteCount(sent) + 3))
        {
            var reader = new ArraySegment<byte>(Encoding.UTF8.GetBytes($"{sent}.\r\nQUIT"));
            Assert.Equal(kept, Dots.Read([reader[..Math.Min(cut, reader.Count)], reader[Math.Min(cut, reader.Count)..]], out var left));
            Assert.Equal("QUIT", left);
        }

        await using var sink = await JournalSink.StartAsync();
        using var session = await RawSession.WithEnvelopeAsync(sink.Port);
        await session.SayAsync("DATA", "354");
        await session.SayAsync($"{sent}.", "250");
        var mail = Assert.Single(sink.Accepted);
        Assert.Equal(kept, Encoding.UTF8.GetString(mail.Content!));
        Assert.Equal((Convert.ToHexStringLower(SHA256.HashData(mail.Content!)), (long)mail.Content!.Length), (mail.Sha256, mail.Length));
        Assert.Equal(mail.Content, await File.ReadAllBytesAsync(Path.Combine($"{sink.JournalPath}.d", mail.Sha256)));
    }

    [Fact]
    public async Task A_pipelined_mail_with_everything_is_in_the_journal()
    {
        var clock = new ManualClock();
        await using var sink = await JournalSink.StartAsync(new SinkOptions { RequireAuth = true, Password = "open sesame" }, clock);
        using var session = await RawSession.OpenAsync(sink.Port);
        await session.ExpectAsync("220");
        var offers = await session.SayAsync("EHLO me", "250");
        Assert.Equal(["PIPELINING", "SIZE 67108864", "8BITMIME", "SMTPUTF8", "ENHANCEDSTATUSCODES", "DSN", "CHUNKING", "AUTH PLAIN LOGIN"], offers.Split('\n').Skip(1).Select(l => l[4..]));
        await session.SayAsync("MAIL FROM:<a@mail.test>", "530 5.7.0");
        await session.SayAsync($"AUTH PLAIN {Base64("\0ada\0wrong")}", "535 5.7.8");
        await session.SayAsync("AUTH LOGIN", "334");
        await session.SayAsync(Base64("ada"), "334");
        await session.SayAsync(Base64("open sesame"), "235");
        await session.WriteAsync("MAIL FROM:<a@mail.test> SIZE=100 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=q1\r\nRCPT TO:<bob@mail.test> NOTIFY=FAILURE\r\nRCPT TO:<жук@mail.test>\r\nDATA\r\n");
        foreach (var code in new[] { "250", "250", "250", "354" }) await session.ExpectAsync(code);
        await session.WriteAsync("Subject: x\r\nMessage-ID:\r\n\t<one@mail.test>\r\n\r\nBody\r\n.\r\nQUIT\r\n");
        await session.ExpectAsync("250");
        await session.ExpectAsync("221");
        await session.EndsAsync();

        var mail = Assert.Single(JournalSink.ReadJournal(sink.JournalPath));
        Assert.Equal((clock.GetUtcNow(), 1, "ada", "a@mail.test", "<one@mail.test>"), (mail.At, mail.Connection, mail.User!, mail.From, mail.MessageId!));
        Assert.Equal(["bob@mail.test", "жук@mail.test"], mail.Recipients);
        Assert.Equal(["NOTIFY=FAILURE", ""], mail.RecipientParameters);
        Assert.Equal("SIZE=100 BODY=8BITMIME SMTPUTF8 RET=HDRS ENVID=q1", mail.FromParameters);
        Assert.Empty(sink.Counts.Violations);
    }

    [Fact]
    public async Task Chunks_are_one_mail_and_may_be_binary()
    {
        await using var sink = await JournalSink.StartAsync();
        using var session = await RawSession.WithEnvelopeAsync(sink.Port);
        await session.SayAsync("BDAT many", "501");
        await session.EndsAsync(); // nobody knows where the next command would begin
        using var other = await RawSession.WithEnvelopeAsync(sink.Port);
        await other.WriteAsync("BDAT 6\r\n.\r\n.\r\nBDAT 3 LAST\r\nend");
        await other.ExpectAsync("250");
        await other.ExpectAsync("250");
        Assert.Equal(".\r\n.\r\nend", Encoding.UTF8.GetString(Assert.Single(sink.Accepted).Content!));
    }

    [Fact]
    public async Task What_was_not_offered_is_a_violation()
    {
        await using var sink = await JournalSink.StartAsync(new SinkOptions { Extensions = SinkExtensions.None });
        using var session = await RawSession.OpenAsync(sink.Port);
        await session.ExpectAsync("220");
        Assert.DoesNotContain('\n', await session.SayAsync("EHLO me", "250 "));
        await session.WriteAsync("MAIL FROM:<é@mail.test> SIZE=1\r\nRCPT TO:<bob@mail.test>\n");
        Assert.Equal("250 from whom else", await session.ExpectAsync("250"));
        await session.ExpectAsync("250");
        await session.SayAsync("BDAT 1 LAST", "502");
        await session.SayAsync("DATA", "354");
        await session.SayAsync("é\r\n.", "250");
        var violations = string.Join('\n', sink.Counts.Violations);
        foreach (var what in new[] { "pipelined after MAIL", "not offered: SIZE=1", "needs SMTPUTF8", "bare LF", "not offered: BDAT", "8-bit" }) Assert.Contains(what, violations, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Size_connections_and_mails_per_connection_are_limited()
    {
        await using var sink = await JournalSink.StartAsync(new SinkOptions { MaxBytes = 20, MaxConnections = 1, MaxMailsPerConnection = 1 });
        using var session = await RawSession.OpenAsync(sink.Port);
        await session.ExpectAsync("220");
        await session.SayAsync("EHLO me", "250");
        await session.SayAsync("MAIL FROM:<a@mail.test> SIZE=21", "552");
        using (var second = await RawSession.OpenAsync(sink.Port))
        {
            await second.ExpectAsync("421");
            await second.EndsAsync();
        }

        foreach (var (body, code) in new[] { (new string('x', 21), "552"), ("small", "250") })
        {
            await session.SayAsync("MAIL FROM:<a@mail.test>", "250");
            await session.SayAsync("RCPT TO:<b@mail.test>", "250");
            await session.SayAsync("DATA", "354");
            await session.SayAsync($"{body}\r\n.", code);
        }

        await session.SayAsync("MAIL FROM:<a@mail.test>", "421");
        await session.EndsAsync();
        Assert.Single(sink.Accepted);
        Assert.Equal(2, sink.Counts.Most);
    }

    [Fact]
    public async Task Commands_out_of_order_are_refused()
    {
        await using var sink = await JournalSink.StartAsync();
        using var session = await RawSession.OpenAsync(sink.Port);
        await session.ExpectAsync("220");
        await session.SayAsync("RCPT TO:<b@mail.test>", "503");
        await session.SayAsync("DATA", "503");
        await session.SayAsync("MAIL TO:<b@mail.test>", "501");
        await session.SayAsync("MAIL FROM:<a@mail.test>", "250");
        await session.SayAsync("MAIL FROM:<a@mail.test>", "503");
        await session.SayAsync("DATA", "554");
        await session.SayAsync("RSET", "250");
        await session.SayAsync("RCPT TO:<b@mail.test>", "503");
        await session.SayAsync("NOOP", "250");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_speaks_TLS(bool isImplicit)
    {
        await using var sink = await JournalSink.StartAsync(new SinkOptions { Certificate = TestCertificates.Shared.Valid, ImplicitTls = isImplicit });
        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync("127.0.0.1", sink.Port);
        if (!isImplicit)
        {
            await client.GetStream().WriteAsync("EHLO me\r\nSTARTTLS\r\n"u8.ToArray());
            var heard = "";
            var buffer = new byte[1024];
            while (!heard.Contains("220 2.0.0", StringComparison.Ordinal)) heard += Encoding.ASCII.GetString(buffer, 0, await client.GetStream().ReadAsync(buffer));
            Assert.Contains("STARTTLS", heard, StringComparison.Ordinal);
        }

        await using var tls = new SslStream(client.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions { TargetHost = "localhost", CertificateChainPolicy = TrustingTestAuthority() });
        await tls.WriteAsync("EHLO me\r\nQUIT\r\n"u8.ToArray());
        using var reader = new StreamReader(tls);
        var inside = await reader.ReadToEndAsync();
        Assert.Contains("250 AUTH PLAIN LOGIN", inside, StringComparison.Ordinal);
        Assert.DoesNotContain("STARTTLS", inside, StringComparison.Ordinal);
    }

    private static X509ChainPolicy TrustingTestAuthority()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(TestCertificates.Shared.AuthorityPath);
        return policy;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
}
