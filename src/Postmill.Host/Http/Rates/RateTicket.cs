using System.Globalization;

namespace Postmill.Host.Http.Rates;

/// <summary>Where a caller stands in his window after this request. A feature of the request, so that every answer to it can say so.</summary>
internal sealed record RateTicket(int Limit, int Used, DateTimeOffset Now, DateTimeOffset Reset)
{
    public bool IsRefused => Used > Limit;

    public TimeSpan Wait => Reset - Now;

    /// <summary><c>X-RateLimit-Reset</c> is the Unix time, in seconds, at which the window ends.</summary>
    public void WriteTo(IHeaderDictionary headers)
    {
        headers["X-RateLimit-Limit"] = Limit.ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Remaining"] = Math.Max(0, Limit - Used).ToString(CultureInfo.InvariantCulture);
        headers["X-RateLimit-Reset"] = Reset.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
    }
}
