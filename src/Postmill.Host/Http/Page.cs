using System.Globalization;

namespace Postmill.Host.Http;

/// <summary>Which part of a list is asked for.</summary>
/// <param name="Cursor">As a list gave it, decoded; null without one.</param>
internal sealed record Page(int Limit, int Offset, string? Cursor)
{
    public const int DefaultLimit = 20;
    public const int MaxLimit = 100;

    /// <summary>Rows; further back a client follows the cursor, whose cost does not grow with the distance.</summary>
    public const int MaxOffset = 1_000_000;

    public static Bound<Page> Read(HttpRequest request)
    {
        var errors = new FieldErrors();
        var limit = ReadNumber(request, "limit", DefaultLimit, 1, MaxLimit, errors);
        var offset = ReadNumber(request, "offset", 0, 0, MaxOffset, errors);
        string? cursor = null;
        if (request.Query.TryGetValue("cursor", out var given) && !PageCursor.TryDecode(given.ToString(), out cursor))
            errors.Add("cursor", "must be a cursor that a list has given");
        return errors.Any ? ApiErrors.BadRequest(errors) : new Page(limit, offset, cursor);
    }

    private static int ReadNumber(HttpRequest request, string name, int otherwise, int min, int max, FieldErrors errors)
    {
        if (!request.Query.TryGetValue(name, out var given)) return otherwise;
        if (int.TryParse(given.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max) return number;
        errors.Add(name, string.Create(CultureInfo.InvariantCulture, $"must be a number between {min} and {max}"));
        return otherwise;
    }
}
