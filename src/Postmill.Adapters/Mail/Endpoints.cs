using Postmill.Grains.Accounts;
using Postmill.Mail.Net;

namespace Postmill.Adapters.Mail;

/// <summary>From the grains' words to the wire's.</summary>
internal static class Endpoints
{
    public static MailEndpoint Of(ServerAddress server) => new(server.Host, server.Port, server.Tls switch
    {
        ServerTls.Implicit => TlsMode.Implicit,
        ServerTls.StartTls => TlsMode.StartTls,
        ServerTls.None => TlsMode.None,
    });
}
