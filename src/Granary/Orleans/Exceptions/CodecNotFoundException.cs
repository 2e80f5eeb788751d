namespace Orleans.Serialization;

/// <summary>A type may not travel in calls; the message names it.</summary>
public sealed class CodecNotFoundException : SerializerException
{
    /// <summary>With a general message.</summary>
    public CodecNotFoundException() { }

    /// <summary>With a message.</summary>
    /// <param name="message">The message.</param>
    public CodecNotFoundException(string message) : base(message) { }

    /// <summary>With a message and a cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public CodecNotFoundException(string message, Exception? innerException) : base(message, innerException) { }
}
