using Postmill.Mail.Net;
using Postmill.Mail.Smtp;
using Postmill.Testing;

namespace Postmill.Mail.Tests.Smtp;

/// <summary>One mail from Ada to Ben and Cy, and what a client and a server say about it.</summary>
internal static class SendScript
{
    public const string Content = "Subject: hi\r\n\r\nHello.\r\n";
    public const string Ok = "250 2.0.0 ok\r\n";
    public const string Go = "354 go\r\n";
    public const string MailLine = "MAIL FROM:<ada@mail.test>";
    public const string RcptBen = "RCPT TO:<ben@mail.test>";
    public const string RcptCy = "RCPT TO:<cy@mail.test>";

    public static SmtpRecipient Ben { get; } = new("ben@mail.test");
    public static SmtpRecipient Cy { get; } = new("cy@mail.test");
    public static SmtpEnvelope ToBen { get; } = new("ada@mail.test", [Ben]);
    public static SmtpEnvelope ToBoth { get; } = new("ada@mail.test", [Ben, Cy]);
    public static SmtpPayload Payload { get; } = SmtpPayload.Of("Subject: hi\r\n\r\nHello.\r\n"u8.ToArray());

    public static ValueTask<bool> Commit(CancellationToken ct) => ValueTask.FromResult(true);

    public static Task<SmtpDelivery> SendAsync(this SmtpConnection connection, SmtpEnvelope? envelope = null, SmtpPayload? payload = null, CancellationToken ct = default)
        => connection.SendAsync(envelope ?? ToBen, payload ?? Payload, Commit, ct);

    /// <summary>Opens a session on a server in memory, over a clock that stands still.</summary>
    public static Task<SmtpConnection> OpenSmtpAsync(this Stream server)
    {
        var options = new SmtpOptions { Transport = new MailTransportOptions { Time = new ManualClock(), AllowPlaintext = true } };
        var transport = new MailTransport(server, null, new MailClock(options.Transport.Time, options.Transport.Timeouts), options.Transport);
        return SmtpConnection.OpenAsync(new MailEndpoint("mail.test", 587, TlsMode.None), options, transport, default);
    }

    /// <summary>Takes an envelope and a content after DATA; gives the content.</summary>
    public static async Task<byte[]> TakeMailAsync(this ScriptedSmtpPeer peer, params string[] recipientLines)
    {
        await peer.AnswerAsync(MailLine, Ok);
        foreach (var line in recipientLines) await peer.AnswerAsync(line, Ok);
        await peer.AnswerAsync("DATA", Go);
        return await peer.ReadContentAsync();
    }
}
