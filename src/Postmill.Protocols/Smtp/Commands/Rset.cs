using Postmill.Protocols.Net;

namespace Postmill.Protocols.Smtp.Commands;

/// <summary>RSET, RFC 5321 section 4.1.1.5.</summary>
internal static class Rset
{
    public static async Task RunAsync(SmtpWire wire, CancellationToken ct)
    {
        using var step = wire.Begin("RSET", ct);
        var reply = await wire.AskAsync("RSET").ConfigureAwait(false);
        if (!reply.IsPositive) throw reply.Refusal(MailFault.CommandRefused, "The server refused RSET");
    }
}
