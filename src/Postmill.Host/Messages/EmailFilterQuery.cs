using System.Globalization;
using Postmill.Domain.Messages;
using Postmill.Host.Http;

namespace Postmill.Host.Messages;

/// <summary>The filter of a list, out of the query string.</summary>
internal sealed class EmailFilterQuery
{
    /// <summary>Characters; a folder's path or a Message-ID is shorter, and no index is asked for more.</summary>
    private const int MaxText = 998;

    private readonly IQueryCollection _query;
    private readonly FieldErrors _errors = new();

    private EmailFilterQuery(IQueryCollection query) => _query = query;

    public static Bound<EmailFilter> Read(HttpRequest request)
    {
        var query = new EmailFilterQuery(request.Query);
        var filter = new EmailFilter(
            query.Text("folder"), query.Direction(), query.Flag("unread"), query.Flag("starred"), query.Flag("has_attachments"),
            query.Id("thread_id"), query.Text("message_id"), query.Time("after"), query.Time("before"));
        return query._errors.Any ? ApiErrors.BadRequest(query._errors) : filter;
    }

    private string? Given(string name) => _query.TryGetValue(name, out var given) && given.ToString() is { Length: > 0 } text ? text : null;

    private string? Text(string name)
    {
        var text = Given(name);
        _errors.Optional(name, text, MaxText).Check(text?.Contains('\0') is not true, name, "must not hold U+0000");
        return text;
    }

    private string? Direction()
    {
        var text = Given("direction");
        _errors.Check(text is null or "inbound" or "outbound", "direction", "must be inbound or outbound");
        return text;
    }

    private bool? Flag(string name)
    {
        switch (Given(name))
        {
            case null: return null;
            case "true" or "1": return true;
            case "false" or "0": return false;
            default:
                _errors.Add(name, "must be true or false");
                return null;
        }
    }

    private Guid? Id(string name)
    {
        if (Given(name) is not { } text) return null;
        // Ids are opaque: one that is not ours names nothing, and nothing has it.
        return Guid.TryParse(text, out var id) ? id : Guid.Empty;
    }

    private DateTimeOffset? Time(string name)
    {
        if (Given(name) is not { } text) return null;
        const DateTimeStyles utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, utc, out var time)) return time;
        _errors.Add(name, "must be an ISO 8601 time");
        return null;
    }
}
