using System.Globalization;

namespace Postmill.Host.Messages;

/// <summary>A part's id: its mail's id without hyphens, a hyphen, its number in the index.</summary>
internal static class PartId
{
    public static string Of(Guid emailId, int ordinal) => string.Create(CultureInfo.InvariantCulture, $"{emailId:N}-{ordinal}");

    public static bool TryParse(string text, out Guid emailId, out int ordinal)
    {
        ordinal = 0;
        var end = text.IndexOf('-', StringComparison.Ordinal);
        return Guid.TryParseExact(end < 0 ? text : text[..end], "N", out emailId)
            && end >= 0 && int.TryParse(text.AsSpan(end + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ordinal);
    }
}
