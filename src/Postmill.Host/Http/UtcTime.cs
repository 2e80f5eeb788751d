using System.Globalization;

namespace Postmill.Host.Http;

/// <summary>Times in answers: ISO 8601, UTC, whole seconds, as the public pages show them.</summary>
internal static class UtcTime
{
    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy'-'MM'-'dd'T'HH':'mm':'ss'Z'", CultureInfo.InvariantCulture);
}
