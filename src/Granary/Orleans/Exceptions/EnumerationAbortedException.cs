namespace Orleans.Runtime;

/// <summary>The grain that produced this stream has gone, or had forgotten the reader: ask again from where you are.</summary>
public sealed class EnumerationAbortedException : Exception
{
    /// <summary>With a general message.</summary>
    public EnumerationAbortedException() : base("The enumeration was aborted.") { }

    /// <summary>With a message.</summary>
    /// <param name="message">The message.</param>
    public EnumerationAbortedException(string message) : base(message) { }

    /// <summary>With a message and a cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public EnumerationAbortedException(string message, Exception? innerException) : base(message, innerException) { }
}
