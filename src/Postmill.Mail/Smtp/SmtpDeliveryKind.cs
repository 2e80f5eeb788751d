namespace Postmill.Mail.Smtp;

/// <summary>How sending one mail ended; closed, so that every caller folds all of them.</summary>
public enum SmtpDeliveryKind
{
    /// <summary>The server answered the complete content with 2yz: it is responsible now, for the accepted recipients.</summary>
    Accepted,

    /// <summary>The server said no, to the mail or to every recipient. Definitely not accepted.</summary>
    Refused,

    /// <summary>We did not ask, because it cannot work with this server. Definitely not accepted.</summary>
    RefusedByUs,

    /// <summary>The caller did not want the content to go. Definitely not accepted.</summary>
    Withdrawn,

    /// <summary>Connection, deadline, protocol or a cancellation ended the session; see <see cref="SmtpDelivery.OutcomeUnknown"/>.</summary>
    Lost,
}
