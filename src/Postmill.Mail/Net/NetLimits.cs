namespace Postmill.Mail.Net;

/// <summary>Limits of the connection itself, the same for IMAP and SMTP.</summary>
public static class NetLimits
{
    /// <summary>Characters of a server's text that we keep: enough for a reason with an URL, small enough for a log line.</summary>
    public const int ServerTextLength = 500;

    /// <summary>Bytes asked from the socket at once; four full TLS records, so that bulk FETCH costs few system calls.</summary>
    public const int ReadBufferBytes = 64 * 1024;

    /// <summary>Resolved addresses that are tried; a hostile DNS answer may list hundreds.</summary>
    public const int AddressesTried = 6;

    /// <summary>Bytes of an idle line buffer that are kept; a larger one is given back after the line that needed it.</summary>
    public const int KeptLineBytes = 4 * 1024;
}
