namespace Postmill.Domain.Sending;

/// <summary>How one attempt to hand a mail to the SMTP server ended.</summary>
public sealed record Delivery(DeliveryEnd End, SendFailure? Failure = null)
{
    /// <summary>What the server said to each recipient that was named to it, by ordinal; those that are missing were not reached.</summary>
    public IReadOnlyDictionary<int, RecipientAnswer> Recipients { get; init; } = Nobody;

    /// <summary>The failure speaks of the account or the connection and not of this mail: others would meet it too.</summary>
    public SendTrouble Trouble { get; init; }

    private static readonly Dictionary<int, RecipientAnswer> Nobody = [];
}

/// <summary>What an attempt came to; closed.</summary>
public enum DeliveryEnd
{
    /// <summary>A positive reply after the final dot, for the recipients that were accepted.</summary>
    Accepted,

    /// <summary>Refused now, perhaps not later: 4xx to the mail as a whole, or to every recipient.</summary>
    RefusedForNow,

    /// <summary>Refused for good.</summary>
    RefusedForGood,

    /// <summary>The connection broke before the server can have had the whole mail.</summary>
    LostBefore,

    /// <summary>The connection broke, or time ran out, after the final dot may have been sent and before the reply was read.</summary>
    Unknown,

    /// <summary>The intent was not committed; no byte of content was sent. That is no attempt, and has no outcome.</summary>
    Withdrawn,
}

/// <summary>Whom a failure concerns beside the mail.</summary>
public enum SendTrouble
{
    None,

    /// <summary>The server wants fewer mails for a while: the account slows down.</summary>
    Throttled,

    /// <summary>The credentials do not serve: the account's sending is parked until they do.</summary>
    Credentials,
}

/// <summary>A server's answer to one RCPT TO.</summary>
public sealed record RecipientAnswer(RecipientVerdict Verdict, SendFailure? Failure = null);

public enum RecipientVerdict { Accepted, RefusedForNow, RefusedForGood }
