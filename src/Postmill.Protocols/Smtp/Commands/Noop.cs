using Postmill.Protocols.Net;

namespace Postmill.Protocols.Smtp.Commands;

/// <summary>NOOP, RFC 5321 section 4.1.1.9.</summary>
internal static class Noop
{
    public static async Task RunAsync(SmtpWire wire, CancellationToken ct)
    {
        using var step = wire.Begin("NOOP", ct);
        var reply = await wire.AskAsync("NOOP").ConfigureAwait(false);
        if (!reply.IsPositive) throw reply.Refusal(MailFault.CommandRefused, "The server refused NOOP");
    }
}
