using Postmill.Protocols.Net;

namespace Postmill.Protocols.Smtp.Commands;

/// <summary>The server speaks first, RFC 5321 section 3.1: 220, or 554 when it wants no session.</summary>
internal static class Greeting
{
    public static async Task<string> TakeAsync(SmtpWire wire, CancellationToken ct)
    {
        using var step = wire.Begin("greeting", wire.Transport.Options.Timeouts.Greeting, ct);
        var reply = await wire.ReadGreetingAsync().ConfigureAwait(false);
        if (reply.Code == 220) return reply.Text;
        if (reply.IsTransient || reply.IsPermanent) throw reply.Refusal(MailFault.CommandRefused, "The server wants no session");
        throw wire.Transport.Fail(MailFault.ProtocolError, $"The server's greeting is not one of SMTP: {reply.Code} {reply.Text}");
    }
}
