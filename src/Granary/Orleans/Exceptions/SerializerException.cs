namespace Orleans.Serialization;

/// <summary>A value could not be copied, written or read.</summary>
public class SerializerException : Exception
{
    /// <summary>With a general message.</summary>
    public SerializerException() : base("The value could not be serialized.") { }

    /// <summary>With a message.</summary>
    /// <param name="message">The message.</param>
    public SerializerException(string message) : base(message) { }

    /// <summary>With a message and a cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public SerializerException(string message, Exception? innerException) : base(message, innerException) { }
}
