using Postmill.Protocols.Net;

namespace Postmill.Protocols.Smtp.Commands;

/// <summary>EHLO, RFC 5321 section 4.1.1.1, and HELO for servers that refuse it.</summary>
internal static class Ehlo
{
    public static async Task<SmtpExtensions> RunAsync(SmtpWire wire, string clientName, CancellationToken ct)
    {
        using var step = wire.Begin("EHLO", ct);
        var reply = await wire.AskAsync($"EHLO {clientName}").ConfigureAwait(false);
        if (reply.IsPositive) return new SmtpExtensions(reply.Lines.Skip(1));
        // Only for good: a server that is busy now would be without AUTH and TLS for the whole session.
        if (reply.IsPermanent)
        {
            reply = await wire.AskAsync($"HELO {clientName}").ConfigureAwait(false);
            if (reply.IsPositive) return SmtpExtensions.None;
        }
        throw reply.Refusal(MailFault.CommandRefused, "The server refused EHLO and HELO");
    }
}
