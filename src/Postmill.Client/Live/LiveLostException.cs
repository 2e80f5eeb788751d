using System.Net;
using Postmill.Client.Http;

namespace Postmill.Client;

/// <summary>A live connection that could not be opened, or broke: it may be opened again.</summary>
internal sealed class LiveLostException(string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>The service answered, and said that it cannot just now.</summary>
    public bool ForNow => Refusals.IsForNow(Status);

    public HttpStatusCode? Status { get; init; }

    public TimeSpan? RetryAfter { get; init; }
}
