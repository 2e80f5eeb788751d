using System.Text;
using Postmill.Mail.Net;
using Postmill.Mail.Smtp;
using Postmill.Testing.Samples;
using Postmill.Testing.Servers;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>Postfix's smtp-sink keeps what it was given: byte for byte what we handed over. Its LF stands for our CRLF, and it strips no dot that is not ours.</summary>
public sealed class SmtpSinkTests
{
    [Fact]
    public async Task Mails_arrive_byte_for_byte_over_one_session()
    {
        await using var sink = await SmtpSink.StartAsync();
        byte[][] mails =
        [
            .. MailSamples.Generate(20, seed: 7),
            "Subject: dots\r\n\r\n.\r\n..\r\n.a\r\n\r\n.\r\nMAIL FROM:<evil@mail.test>\r\n"u8.ToArray(),
            Encoding.ASCII.GetBytes("Subject: large\r\n\r\n" + string.Concat(Enumerable.Range(0, 40_000).Select(i => $".{i} of a line that is long enough\r\n"))),
        ];
        await using var connection = await ConnectAsync(sink);
        foreach (var mail in mails) Assert.Equal(SmtpDeliveryKind.Accepted, (await connection.SendAsync(payload: SmtpPayload.Of(mail))).Kind);
        await connection.QuitAsync(default);
        Assert.Equal(mails.Select(Hash).Order(), sink.Accepted.Select(kept => Hash(kept.Raw)).Order());
    }

    [Fact]
    public async Task Content_from_a_stream_arrives_like_one_from_memory()
    {
        await using var sink = await SmtpSink.StartAsync();
        var mail = Encoding.ASCII.GetBytes("Subject: stream\r\n\r\n" + string.Concat(Enumerable.Range(0, 100_000).Select(i => $".{i}\r\n")));
        await using var connection = await ConnectAsync(sink);
        Assert.Equal(SmtpDeliveryKind.Accepted, (await connection.SendAsync(payload: Streamed(mail, mail.Length))).Kind);
        Assert.Equal(SmtpDeliveryKind.Accepted, (await connection.SendAsync(payload: Streamed(mail, mail.Length, SmtpShape.Of(mail)))).Kind);
        Assert.All(sink.Accepted, kept => Assert.Equal(Hash(mail), Hash(kept.Raw)));
        Assert.Equal(2, sink.AcceptedCount);
    }

    [Theory]
    [InlineData(-1, typeof(InvalidDataException))]
    [InlineData(1, typeof(EndOfStreamException))]
    public async Task Content_with_another_length_than_it_was_said_to_have_is_no_mail(int difference, Type thrown)
    {
        await using var sink = await SmtpSink.StartAsync();
        var mail = Encoding.ASCII.GetBytes("Subject: short\r\n\r\n" + new string('\n', 300_000));
        await using var connection = await ConnectAsync(sink);
        await Assert.ThrowsAsync(thrown, () => connection.SendAsync(payload: Streamed(mail, mail.Length + difference, SmtpShape.Of(mail))));
        Assert.True(connection.IsClosed);
        await using var next = await ConnectAsync(sink);
        Assert.Equal(SmtpDeliveryKind.Accepted, (await next.SendAsync()).Kind);
        Assert.Equal(1, sink.AcceptedCount);
    }

    [Fact]
    public async Task Envelope_arrives_as_it_was_asked_for()
    {
        await using var sink = await SmtpSink.StartAsync();
        await using var connection = await ConnectAsync(sink);
        await connection.SendAsync(new SmtpEnvelope("ada@mail.test", [SendScript.Ben with { Notify = SmtpNotify.Failure }, SendScript.Cy]) { EnvelopeId = "7" });
        var kept = Assert.Single(sink.Accepted);
        Assert.Equal("<ada@mail.test> ENVID=7", kept.From);
        Assert.Equal(["<ben@mail.test> NOTIFY=FAILURE", "<cy@mail.test>"], kept.Recipients);
    }

    [Theory]
    [InlineData("-q", "mail", SmtpDeliveryKind.Lost, false)]
    [InlineData("-q", "rcpt", SmtpDeliveryKind.Lost, false)]
    [InlineData("-q", "data", SmtpDeliveryKind.Lost, false)]
    [InlineData("-q", ".", SmtpDeliveryKind.Lost, true)]
    [InlineData("-Q", "rcpt", SmtpDeliveryKind.Refused, false)]
    [InlineData("-Q", ".", SmtpDeliveryKind.Refused, false)]
    [InlineData("-r", "rcpt", SmtpDeliveryKind.Refused, false)]
    [InlineData("-f", ".", SmtpDeliveryKind.Refused, false)]
    public async Task Sink_that_breaks_is_told_apart(string how, string where, SmtpDeliveryKind kind, bool unknown)
    {
        await using var sink = await SmtpSink.StartAsync(keep: true, how, where);
        await using var connection = await ConnectAsync(sink);
        var sent = await connection.SendAsync();
        Assert.Equal((kind, unknown), (sent.Kind, sent.OutcomeUnknown));
    }

    private static Task<SmtpConnection> ConnectAsync(SmtpSink sink) => SmtpConnection.ConnectAsync(new MailEndpoint("127.0.0.1", sink.Port, TlsMode.None), ScriptedSmtpServer.Options(), default);

    private static SmtpPayload Streamed(byte[] mail, long length, SmtpShape? shape = null) => SmtpPayload.Of(length, _ => ValueTask.FromResult<Stream>(new MemoryStream(mail)), shape);

    private static string Hash(byte[] mail) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(mail).Replace("\r\n", "\n", StringComparison.Ordinal))));
}
