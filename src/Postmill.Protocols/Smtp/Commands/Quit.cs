using Postmill.Protocols.Net;

namespace Postmill.Protocols.Smtp.Commands;

/// <summary>QUIT, RFC 5321 section 4.1.1.10.</summary>
internal static class Quit
{
    public static async Task RunAsync(SmtpWire wire, CancellationToken ct)
    {
        try
        {
            using var step = wire.Begin("QUIT", wire.Transport.Options.Timeouts.Closing, ct);
            await wire.AskAsync("QUIT").ConfigureAwait(false);
        }
        catch (MailServerException)
        {
            // All that was wanted is done; many servers just hang up here.
        }
    }
}
