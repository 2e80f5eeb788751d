using System.Globalization;

namespace Orleans;

/// <summary>How long a caller of this method waits, instead of <see cref="Configuration.MessagingOptions.ResponseTimeout"/>.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ResponseTimeoutAttribute : Attribute
{
    /// <summary>Takes the time as text.</summary>
    /// <param name="timeout"><c>hh:mm:ss</c>.</param>
    public ResponseTimeoutAttribute(string timeout)
    {
        Timeout = TimeSpan.Parse(timeout, CultureInfo.InvariantCulture);
    }

    /// <summary>The time.</summary>
    public TimeSpan? Timeout { get; init; }
}
