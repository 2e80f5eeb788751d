namespace Postmill.Mail.Net;

/// <summary>Why talking to a mail server failed; closed, so that every caller folds all of them.</summary>
public enum MailFault
{
    /// <summary>The name does not resolve or no address accepts a connection.</summary>
    Unreachable,

    /// <summary>Every address of the host is forbidden by the address policy (SSRF); nothing was connected.</summary>
    AddressRefused,

    /// <summary>The TLS handshake failed: untrusted, expired, other name, no common version.</summary>
    TlsFailed,

    /// <summary>Going on would mean sending secrets unencrypted: plaintext is not allowed, or the server has no STARTTLS.</summary>
    PlaintextRefused,

    /// <summary>The server rejected the credentials, or offers no mechanism that takes them. Do not hammer.</summary>
    AuthenticationFailed,

    /// <summary>The server understood and refused one command (NO, BAD, 4xx, 5xx); the connection is usable unless it says otherwise.</summary>
    CommandRefused,

    /// <summary>The server's bytes are not the protocol; the connection is closed.</summary>
    ProtocolError,

    /// <summary>The server did not answer in time; the connection is closed, the outcome of the command is unknown.</summary>
    TimedOut,

    /// <summary>The connection ended (EOF, reset, BYE, 421) before the answer was complete.</summary>
    Disconnected,

    /// <summary>The server sent more than one of our limits allows; the connection is closed.</summary>
    LimitExceeded,
}
