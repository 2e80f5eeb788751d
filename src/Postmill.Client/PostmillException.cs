using System.Net;

namespace Postmill.Client;

/// <summary>
/// The service refused, failed, could not be reached, or said what makes no sense. <see cref="Code"/> is the service's own, or one of <c>unreachable</c>,
/// <c>connection_lost</c>, <c>timeout</c>, <c>bad_answer</c>, <c>answer_too_large</c>, <c>content_changed</c> when this side noticed.
/// </summary>
public sealed class PostmillException : Exception
{
    internal PostmillException(string code, string message, Exception? inner = null) : base(message, inner) => Code = code;

    /// <summary>For programs: one word in snake_case.</summary>
    public string Code { get; }

    /// <summary>The HTTP status; null when there was no answer.</summary>
    public HttpStatusCode? Status { get; internal init; }

    /// <summary>What is wrong with which field of the request, by its name in JSON; empty unless <see cref="Status"/> is 400.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> FieldErrors { get; internal init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>When to come back, as the service said.</summary>
    public TimeSpan? RetryAfter { get; internal init; }

    /// <summary>The line broke or was never there: what only reads may be asked again.</summary>
    internal bool IsLoss => Code is "connection_lost" or "timeout" or "unreachable";

    /// <summary>The close code of a live connection: 4401 the key does not hold, 4403 it may not hear the inbox.</summary>
    public int? CloseCode { get; internal init; }
}
