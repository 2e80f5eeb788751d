namespace Postmill.Mail.Reports;

/// <summary>What became of one recipient (RFC 3464 section 2.3.3).</summary>
public enum DeliveryAction
{
    /// <summary>Given up.</summary>
    Failed,

    /// <summary>Still being tried.</summary>
    Delayed,

    /// <summary>In the mailbox.</summary>
    Delivered,

    /// <summary>Handed to a system that sends no reports.</summary>
    Relayed,

    /// <summary>Delivered to several other addresses.</summary>
    Expanded,
}
