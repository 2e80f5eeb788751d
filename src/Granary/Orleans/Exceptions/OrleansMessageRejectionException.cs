namespace Orleans.Runtime;

/// <summary>The call was refused before it began: it has had no effect.</summary>
public class OrleansMessageRejectionException : OrleansException
{
    /// <summary>With a message.</summary>
    /// <param name="message">The message.</param>
    public OrleansMessageRejectionException(string message) : base(message) { }

    /// <summary>With a message and a cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public OrleansMessageRejectionException(string message, Exception? innerException) : base(message, innerException) { }
}
