namespace Postmill.Mail.Smtp;

/// <summary>What became of one recipient.</summary>
public enum SmtpVerdict
{
    /// <summary>What became of the mail as a whole (lost, withdrawn, refused by us) is all that is known.</summary>
    Unsettled,

    /// <summary>The server took the responsibility for delivering to it.</summary>
    Accepted,

    /// <summary>Not accepted, perhaps later (4yz).</summary>
    RefusedForNow,

    /// <summary>Not accepted, and asking again will not help (5yz).</summary>
    RefusedForGood,
}
