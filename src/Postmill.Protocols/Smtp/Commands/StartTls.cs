using Postmill.Protocols.Net;

namespace Postmill.Protocols.Smtp.Commands;

/// <summary>STARTTLS, RFC 3207. Never optional: who asks for it does not go on without it.</summary>
internal static class StartTls
{
    public static async Task RunAsync(SmtpWire wire, SmtpExtensions extensions, string host, CancellationToken ct)
    {
        if (!extensions.StartTls) throw new MailServerException(MailFault.PlaintextRefused, "The server does not offer STARTTLS.");
        using (wire.Begin("STARTTLS", ct))
        {
            var reply = await wire.AskAsync("STARTTLS").ConfigureAwait(false);
            if (reply.IsPermanent) throw reply.Refusal(MailFault.PlaintextRefused, "The server refused STARTTLS");
            if (!reply.IsPositive) throw reply.Refusal(MailFault.CommandRefused, "The server cannot do STARTTLS now");
        }
        await wire.Transport.StartTlsAsync(host, ct).ConfigureAwait(false);
    }
}
