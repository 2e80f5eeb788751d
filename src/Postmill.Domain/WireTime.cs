using System.Globalization;

namespace Postmill.Domain;

/// <summary>Times as clients see them: ISO-8601 in UTC with <c>Z</c>, whole seconds, as on the public pages.</summary>
public static class WireTime
{
    public static string Format(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
