namespace Orleans.Configuration;

/// <summary>Settings of calls within a silo.</summary>
public class SiloMessagingOptions : MessagingOptions
{
    /// <summary>Queued calls of one activation at which a warning is logged. Default 1,000.</summary>
    public int MaxEnqueuedRequestsSoftLimit { get; set; } = 1_000;

    /// <summary>Queued calls of one activation beyond which callers get <see cref="Runtime.LimitExceededException"/>. Default 10,000.</summary>
    public int MaxEnqueuedRequestsHardLimit { get; set; } = 10_000;

    /// <summary>How often a call may be handed on because its activation ended before it began. Default 2.</summary>
    public int MaxForwardCount { get; set; } = 2;
}
