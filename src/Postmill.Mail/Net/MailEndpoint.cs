using System.Globalization;

namespace Postmill.Mail.Net;

/// <summary>Where a mail server listens and how the connection is encrypted.</summary>
/// <param name="Host">DNS name (also an internationalized one) or IP literal; untrusted, checked when connecting.</param>
/// <param name="Port">TCP port, 1 to 65535.</param>
/// <param name="Tls">How the connection becomes encrypted.</param>
public sealed record MailEndpoint(string Host, int Port, TlsMode Tls)
{
    // RFC 1035 §2.3.4: a name is at most 255 octets.
    private const int MaxHostLength = 255;

    /// <summary>The host as it is asked from DNS, sent as SNI and compared with the certificate: ASCII, without a trailing dot.</summary>
    /// <exception cref="MailServerException"><see cref="MailFault.Unreachable"/> when the host or the port cannot be one.</exception>
    public string AsciiHost()
    {
        if (Port is < 1 or > 65535) throw new MailServerException(MailFault.Unreachable, "The port is not between 1 and 65535.");
        var host = Host.Trim().TrimEnd('.');
        if (host.Length is 0 or > MaxHostLength) throw new MailServerException(MailFault.Unreachable, "The host name is empty or too long.");
        if (host.StartsWith('[') && host.EndsWith(']')) host = host[1..^1];
        if (host.All(IsHostCharacter)) return host;
        try
        {
            var ascii = new IdnMapping { UseStd3AsciiRules = true }.GetAscii(host);
            return ascii.Length <= MaxHostLength ? ascii : throw NotAName();
        }
        catch (ArgumentException)
        {
            throw NotAName();
        }
    }

    private static bool IsHostCharacter(char c) => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or ':' or '%';

    private static MailServerException NotAName() => new(MailFault.Unreachable, "The host name is not a valid DNS name.");
}
