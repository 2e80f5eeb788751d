namespace Orleans.Runtime;

/// <summary>The activation has too many calls queued (or streams open): the call has had no effect; try later.</summary>
public class LimitExceededException : OrleansException
{
    /// <summary>With a general message.</summary>
    public LimitExceededException() : base("Limit exceeded") { }

    /// <summary>With a message.</summary>
    /// <param name="message">The message.</param>
    public LimitExceededException(string message) : base(message) { }

    /// <summary>With a message and a cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public LimitExceededException(string message, Exception? innerException) : base(message, innerException) { }
}
