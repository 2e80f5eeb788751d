namespace Orleans.Configuration;

/// <summary>Settings of calls.</summary>
public abstract class MessagingOptions
{
    /// <summary>How long a caller waits before it is told that the outcome is unknown. Default 30 seconds.</summary>
    public TimeSpan ResponseTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether a call that is still queued when its caller has given up is dropped. Default true.</summary>
    public bool DropExpiredMessages { get; set; } = true;

    /// <summary>Whether a timeout cancels the token of the call, if the method takes one. Default true.</summary>
    public bool CancelRequestOnTimeout { get; set; } = true;
}
