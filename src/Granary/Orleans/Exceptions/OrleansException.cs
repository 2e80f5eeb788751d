namespace Orleans.Runtime;

/// <summary>Base of what the engine throws.</summary>
public class OrleansException : Exception
{
    /// <summary>With a general message.</summary>
    public OrleansException() : base("Unexpected error.") { }

    /// <summary>With a message.</summary>
    /// <param name="message">The message.</param>
    public OrleansException(string message) : base(message) { }

    /// <summary>With a message and a cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public OrleansException(string message, Exception? innerException) : base(message, innerException) { }
}
