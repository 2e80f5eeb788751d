using Postmill.Domain.Access;

namespace Postmill.Host.Http.Rates;

/// <summary>
/// Requests per minute of a session, of an API key, and, where there is neither, of an address. Kept in memory, per node: a cluster of n nodes allows up to
/// n times as many. A row per request would cost more than most of the requests it counts.
/// </summary>
internal sealed class RateLimits(HttpSettings settings, TimeProvider clock)
{
    private readonly RateWindows _callers = new(settings.RequestsPerMinute);
    private readonly RateWindows _addresses = new(settings.RequestsPerMinutePerAddress);

    /// <summary>Null, or the refusal to answer with.</summary>
    public ApiError? CountSession(HttpContext http, string token) => Count(http, _callers, "session " + Convert.ToHexString(SecretToken.Hash(token)));

    public ApiError? CountKey(HttpContext http, Guid keyId) => Count(http, _callers, $"key {keyId}");

    /// <summary>For routes that ask for nothing, and for requests that were not let in.</summary>
    public ApiError? CountAddress(HttpContext http) => Count(http, _addresses, ClientAddress.Of(http.Connection.RemoteIpAddress));

    private ApiError? Count(HttpContext http, RateWindows windows, string caller)
    {
        if (windows.Take(caller, clock.GetUtcNow()) is not { } ticket) return null;
        http.Features.Set(ticket);
        ticket.WriteTo(http.Response.Headers);
        return ticket.IsRefused ? ApiErrors.TooMany(ticket.Wait, $"more than {ticket.Limit} requests in this minute") : null;
    }
}
