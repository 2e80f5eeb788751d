using System.Globalization;
using Postmill.Adapters.Postgres.Sending;
using Postmill.Domain.Access;
using Postmill.Domain.Sending;
using Postmill.Host.Http;

namespace Postmill.Host.Sending;

/// <summary>Which part of the list is asked for, out of the query string.</summary>
internal sealed record SuppressionQuery(Page Page, SuppressionPosition? After, string? Email, SuppressionReason? Reason)
{
    public static Bound<SuppressionQuery> Read(HttpRequest request)
    {
        var page = Page.Read(request);
        if (page.IsRefused) return page.Refusal;
        SuppressionPosition? after = null;
        if (page.Value.Cursor is { } cursor && (after = Position(cursor)) is null) return ApiErrors.BadRequest("cursor", "must be a cursor that this list has given");
        var (email, reason) = (Given(request, "email"), Given(request, "reason"));
        var errors = new FieldErrors()
            .Optional("email", email, AccessLimits.MaxEmailLength).Check(email?.Contains('\0') is not true, "email", "must not hold U+0000")
            .Check(reason is null || SuppressionWords.Reason(reason) is not null, "reason", $"must be one of {string.Join(", ", SuppressionWords.All)}");
        return errors.Any ? ApiErrors.BadRequest(errors) : new SuppressionQuery(page.Value, after, email, SuppressionWords.Reason(reason));
    }

    public static string Cursor(Suppression last)
    {
        var (at, key) = SuppressionPosition.Of(last);
        return PageCursor.Encode(string.Create(CultureInfo.InvariantCulture, $"{at.UtcTicks} {key}"));
    }

    private static SuppressionPosition? Position(string cursor)
    {
        var blank = cursor.IndexOf(' ', StringComparison.Ordinal);
        return blank > 0 && long.TryParse(cursor.AsSpan(0, blank), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks) && ticks <= DateTimeOffset.MaxValue.UtcTicks
            ? new SuppressionPosition(new DateTimeOffset(ticks, TimeSpan.Zero), cursor[(blank + 1)..])
            : null;
    }

    private static string? Given(HttpRequest request, string name) => request.Query.TryGetValue(name, out var given) && given.ToString() is { Length: > 0 } text ? text : null;
}
