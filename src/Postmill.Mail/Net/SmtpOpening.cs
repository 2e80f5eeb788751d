using System.Globalization;
using System.Text;
using Postmill.Mail.Smtp;

namespace Postmill.Mail.Net;

/// <summary>The plain beginning of an SMTP session that is secured by STARTTLS (RFC 3207). What the server announced in it is forgotten; nothing secret is said.</summary>
internal static class SmtpOpening
{
    /// <returns>The greeting, by which MailKit has yet to be greeted.</returns>
    public static async Task<SmtpReply> RunAsync(MailTransport transport, string host, string clientName, GuardLimits limits, CancellationToken cancellationToken)
    {
        SmtpReply greeting;
        using (transport.BeginStep("greeting", transport.Options.Timeouts.Greeting, cancellationToken))
            greeting = await ReadReplyAsync(transport, limits).ConfigureAwait(false);
        if (greeting.Code != 220) throw Refused(transport, greeting, MailFault.CommandRefused, "The server wants no session");

        var ehlo = await AskAsync(transport, $"EHLO {clientName}", limits, cancellationToken).ConfigureAwait(false);
        if (!ehlo.IsPositive) throw Refused(transport, ehlo, ehlo.IsPermanent ? MailFault.PlaintextRefused : MailFault.CommandRefused, "The server refused EHLO");
        if (!ehlo.Lines.Skip(1).Any(line => line.Trim().Equals("STARTTLS", StringComparison.OrdinalIgnoreCase)))
            throw transport.Fail(MailFault.PlaintextRefused, "The server does not offer STARTTLS.");

        var answer = await AskAsync(transport, "STARTTLS", limits, cancellationToken).ConfigureAwait(false);
        if (!answer.IsPositive) throw Refused(transport, answer, answer.IsPermanent ? MailFault.PlaintextRefused : MailFault.CommandRefused, "The server refused STARTTLS");
        await transport.StartTlsAsync(host, cancellationToken).ConfigureAwait(false);
        return greeting;
    }

    private static async Task<SmtpReply> AskAsync(MailTransport transport, string command, GuardLimits limits, CancellationToken cancellationToken)
    {
        // Nobody has asked for what is there already; it may have been put in front of the handshake to be taken for an answer.
        if (transport.Input.Buffered > 0) throw transport.Fail(MailFault.ProtocolError, "The server answered before it was asked.");
        using var step = transport.BeginStep(command[..4], transport.Options.Timeouts.Command, cancellationToken);
        await transport.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n")).ConfigureAwait(false);
        return await ReadReplyAsync(transport, limits).ConfigureAwait(false);
    }

    private static async Task<SmtpReply> ReadReplyAsync(MailTransport transport, GuardLimits limits)
    {
        var reader = new SmtpReplyReader(limits);
        var line = new MailLineBuffer();
        while (true)
        {
            line.Clear();
            await transport.Input.ReadLineAsync(line, limits.ReplyLineBytes + 1).ConfigureAwait(false);
            line.Append("\n"u8);
            switch (reader.Read(line.Written, out _, out var reply))
            {
                case SmtpBreach.None when reply is not null: return reply;
                case SmtpBreach.None: break;
                case SmtpBreach.Lines: throw transport.Exceeded(MailLimit.ReplyLines, $"The server sent a reply of more than {limits.ReplyLines} lines.");
                case SmtpBreach.Line: throw transport.Exceeded(MailLimit.Line, $"The server sent a line of more than {limits.ReplyLineBytes} bytes.");
                case SmtpBreach.Malformed: throw transport.Fail(MailFault.ProtocolError, $"The server's answer is not SMTP: {ServerText.Clean(reader.Lines[^1])}");
            }
        }
    }

    private static MailServerException Refused(MailTransport transport, SmtpReply reply, MailFault fault, string message)
    {
        transport.Abort();
        if (reply.IsIntermediate || reply.IsPositive) return new MailServerException(MailFault.ProtocolError, string.Create(CultureInfo.InvariantCulture, $"The server's answer is not one of SMTP: {reply.Code} {reply.Text}"));
        return reply.Code == SmtpReply.ServiceClosing ? reply.Refusal(MailFault.Disconnected, "The server ends the session") : reply.Refusal(fault, message);
    }
}
