namespace Postmill.Mail.Reports;

/// <summary>Why a recipient did not get a mail. The names in lower case are the words shown to users.</summary>
public enum BounceReason
{
    /// <summary>Nothing in the report says why.</summary>
    Undefined,

    /// <summary>The mailbox does not exist. Hard.</summary>
    UserUnknown,

    /// <summary>The domain does not exist. Hard.</summary>
    HostUnknown,

    /// <summary>The mailbox has moved away. Hard.</summary>
    HasMoved,

    /// <summary>The domain takes no mail at all (RFC 7505). Hard.</summary>
    NotAccept,

    /// <summary>The mailbox is full.</summary>
    MailboxFull,

    /// <summary>The account is disabled, locked or suspended.</summary>
    Suspend,

    /// <summary>Refused after the content was seen, or by the recipient's own rules.</summary>
    Filtered,

    /// <summary>The sender's address was refused.</summary>
    Rejected,

    /// <summary>The sending host was refused.</summary>
    Blocked,

    /// <summary>SPF, DKIM or DMARC did not pass.</summary>
    AuthFailure,

    /// <summary>The sending address has no or a wrong name in the DNS.</summary>
    RequirePtr,

    /// <summary>The sending host is known for bad mail.</summary>
    BadReputation,

    /// <summary>Taken for spam.</summary>
    SpamDetected,

    /// <summary>Taken for a virus.</summary>
    VirusDetected,

    /// <summary>A policy of the receiving side.</summary>
    PolicyViolation,

    /// <summary>A matter of authentication or of permission.</summary>
    SecurityError,

    /// <summary>The mail breaks RFC 5322.</summary>
    NotCompliantRfc,

    /// <summary>The content or a header could not be taken.</summary>
    ContentError,

    /// <summary>The mail is too large for the system.</summary>
    MesgTooBig,

    /// <summary>The mail is too large for this recipient.</summary>
    ExceedLimit,

    /// <summary>The receiving host does not relay.</summary>
    NoRelaying,

    /// <summary>Too much at once.</summary>
    TooManyConn,

    /// <summary>TLS could not be started.</summary>
    FailedStartTls,

    /// <summary>Tried until the time was up.</summary>
    Expired,

    /// <summary>DNS, routing or connection.</summary>
    NetworkError,

    /// <summary>The receiving system is at fault.</summary>
    SystemError,

    /// <summary>The receiving system has no space left.</summary>
    SystemFull,

    /// <summary>A program behind the mailbox failed.</summary>
    MailerError,

    /// <summary>Held back.</summary>
    OnHold,

    /// <summary>A complaint.</summary>
    Feedback,
}
