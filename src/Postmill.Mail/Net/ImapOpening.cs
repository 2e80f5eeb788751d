using System.Text;
using Postmill.Mail.Imap;

namespace Postmill.Mail.Net;

/// <summary>
/// The plain beginning of an IMAP connection that is secured by STARTTLS (RFC 9051 section 6.2.1). Nothing of it is believed afterwards but the greeting's words, by which MailKit tells
/// servers with odd habits; a capability in it may be forged.
/// </summary>
internal static class ImapOpening
{
    private const string Tag = "S1";

    // Octets of a line. Before the handshake there is nothing to say that would need more.
    private const int MaxLineBytes = 8 * 1024;

    // Untagged lines before the answer to STARTTLS.
    private const int MaxLines = 32;

    // What would begin a token of its own instead of a word.
    private static readonly char[] Specials = ['[', ']', '(', ')', '{', '"', '\\', '%', '*', ' '];

    /// <returns>The greeting for MailKit, which has yet to be greeted.</returns>
    public static async Task<ReadOnlyMemory<byte>> RunAsync(MailTransport transport, string host, CancellationToken cancellationToken)
    {
        var words = await TakeGreetingAsync(transport, cancellationToken).ConfigureAwait(false);
        using (transport.BeginStep("STARTTLS", transport.Options.Timeouts.Command, cancellationToken))
        {
            await transport.WriteAsync(Encoding.ASCII.GetBytes($"{Tag} STARTTLS\r\n")).ConfigureAwait(false);
            var answer = await ReadAnswerAsync(transport).ConfigureAwait(false);
            if (!answer.IsOk) throw Refused(transport, "The server refused STARTTLS.", answer);
        }
        await transport.StartTlsAsync(host, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetBytes($"* OK {(words.Length > 0 ? words : "ready")}\r\n");
    }

    private static async Task<string> TakeGreetingAsync(MailTransport transport, CancellationToken cancellationToken)
    {
        using var step = transport.BeginStep("greeting", transport.Options.Timeouts.Greeting, cancellationToken);
        var line = await ReadLineAsync(transport).ConfigureAwait(false);
        var status = line.AsSpan().StartsWith("* "u8) ? ImapStatusLine.TryParse(line.AsSpan(2)) : null;
        return status?.Condition switch
        {
            ImapCondition.Ok => status.Text.TrimStart(Specials),
            // RFC 9051 section 11.1: PREAUTH leaves no way to STARTTLS; going on would mean plaintext.
            ImapCondition.PreAuth => throw Refused(transport, "The server greets with PREAUTH, which forbids STARTTLS.", status),
            ImapCondition.Bye => throw Ended(transport, status),
            _ => throw transport.Fail(MailFault.ProtocolError, "The server's greeting is not IMAP."),
        };
    }

    private static async Task<ImapStatusLine> ReadAnswerAsync(MailTransport transport)
    {
        for (var lines = 0; lines < MaxLines; lines++)
        {
            var line = await ReadLineAsync(transport).ConfigureAwait(false);
            var isUntagged = line.AsSpan().StartsWith("* "u8);
            if (!isUntagged && !line.AsSpan().StartsWith("S1 "u8)) break;
            var status = ImapStatusLine.TryParse(line.AsSpan(isUntagged ? 2 : Tag.Length + 1));
            if (isUntagged && status?.Condition == ImapCondition.Bye) throw Ended(transport, status);
            if (!isUntagged && status is not null) return status;
        }
        throw transport.Fail(MailFault.ProtocolError, "The server does not answer STARTTLS.");
    }

    private static async Task<byte[]> ReadLineAsync(MailTransport transport)
    {
        var line = new MailLineBuffer();
        await transport.Input.ReadLineAsync(line, MaxLineBytes).ConfigureAwait(false);
        return line.Written.ToArray();
    }

    private static MailServerException Refused(MailTransport transport, string message, ImapStatusLine status)
    {
        transport.Abort();
        return new MailServerException(MailFault.PlaintextRefused, message, status.Text) { Code = status.Code };
    }

    private static MailServerException Ended(MailTransport transport, ImapStatusLine status)
    {
        transport.Abort();
        return new MailServerException(MailFault.Disconnected, "The server does not accept connections now.", status.Text) { Code = status.Code };
    }
}
