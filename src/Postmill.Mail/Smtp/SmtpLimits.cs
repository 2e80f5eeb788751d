using Postmill.Mail.Net;

namespace Postmill.Mail.Smtp;

/// <summary>What we take from an SMTP server, and how much we send at once.</summary>
public static class SmtpLimits
{
    /// <summary>
    /// Bytes of one reply with all its lines; the bounds of lines are in <see cref="GuardLimits"/>. It is received whole before it is read, into
    /// a buffer of <see cref="NetLimits.ReadBufferBytes"/>.
    /// </summary>
    public const int ReplyBytes = 32 * 1024;

    /// <summary>Bytes of a command line with its CRLF that every server takes (RFC 5321 section 4.5.3.1.4). A longer initial response waits for its 334.</summary>
    public const int CommandLineBytes = 512;

    /// <summary>Bytes of one line of an AUTH exchange with its CRLF (RFC 4954 section 4).</summary>
    public const int AuthLineBytes = 12 * 1024;

    /// <summary>Bytes of a MAIL or RCPT line: a path and all parameters of RFC 1870, 3461, 6152 and 6531, each at its longest.</summary>
    public const int EnvelopeLineBytes = 1536;

    /// <summary>Bytes of an encoded ENVID (RFC 3461 section 5.4).</summary>
    public const int EnvelopeIdBytes = 100;

    /// <summary>Bytes of an encoded ORCPT (RFC 3461 section 5.4).</summary>
    public const int OriginalRecipientBytes = 500;

    /// <summary>Commands sent before their replies are read (RFC 2920). Their replies fit into any receive window, so that neither side can wait for the other.</summary>
    public const int PipelinedCommands = 64;

    /// <summary>Bytes of such commands after which no further one is added.</summary>
    public const int PipelinedBytes = 16 * 1024;

    /// <summary>Bytes of a content line without its CRLF (RFC 5321 section 4.5.3.1.6).</summary>
    public const int ContentLineBytes = 998;

    /// <summary>Bytes of content written at once: a mail that fits goes out in one write together with its end.</summary>
    public const int BlockBytes = 128 * 1024;
}
