using System.Globalization;
using System.Text;

namespace Postmill.Client.Http;

/// <summary>Addresses below the service's own.</summary>
internal static class ApiPath
{
    /// <summary>An id as one segment of a path.</summary>
    /// <exception cref="ArgumentException">It could only name another path.</exception>
    public static string Segment(string id, string parameter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id, parameter);
        return id is "." or ".." ? throw new ArgumentException("is no id", parameter) : Uri.EscapeDataString(id);
    }

    /// <summary>Parameters that have a value, as a query.</summary>
    public static string Query(params ReadOnlySpan<(string Name, string? Value)> parameters)
    {
        var query = new StringBuilder();
        foreach (var (name, value) in parameters)
        {
            if (value is not null) query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
        return query.ToString();
    }

    public static string? Text(bool? flag) => flag switch
    {
        null => null,
        true => "true",
        false => "false",
    };

    public static string? Text(DateTimeOffset? time) => time?.UtcDateTime.ToString("O", CultureInfo.InvariantCulture);
}
