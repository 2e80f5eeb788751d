namespace Orleans.Runtime;

/// <summary>The silo does not take calls: it drains, or it has no lease.</summary>
public class SiloUnavailableException : OrleansMessageRejectionException
{
    /// <summary>With a general message.</summary>
    public SiloUnavailableException() : base("The silo is not available.") { }

    /// <summary>With a message.</summary>
    /// <param name="msg">The message.</param>
    public SiloUnavailableException(string msg) : base(msg) { }

    /// <summary>With a message and a cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public SiloUnavailableException(string message, Exception? innerException) : base(message, innerException) { }
}
