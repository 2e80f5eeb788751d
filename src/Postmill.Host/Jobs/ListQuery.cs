using Postmill.Adapters.Postgres.Jobs;
using Postmill.Domain.Jobs;
using Postmill.Host.Http;

namespace Postmill.Host.Jobs;

/// <summary>Which part of a list of tasks or jobs is asked for, out of the query string.</summary>
internal sealed record ListQuery(Page Page, Guid? Below, JobFilter Filter)
{
    /// <summary>Characters; the longest kind is far below.</summary>
    private const int MaxKind = 64;

    public static Bound<ListQuery> Read(HttpRequest request)
    {
        var page = Page.Read(request);
        if (page.IsRefused) return page.Refusal;
        Guid? below = null;
        if (page.Value.Cursor is { } cursor)
        {
            if (!Guid.TryParse(cursor, out var id)) return ApiErrors.BadRequest("cursor", "must be a cursor that this list has given");
            below = id;
        }

        var (state, kind) = (Given(request, "state"), Given(request, "kind"));
        var errors = new FieldErrors()
            .Check(state is null || JobWords.States.Contains(state), "state", $"must be one of {string.Join(", ", JobWords.States)}")
            .Optional("kind", kind, MaxKind).Check(kind?.Contains('\0') is not true, "kind", "must not hold U+0000");
        return errors.Any ? ApiErrors.BadRequest(errors) : new ListQuery(page.Value, below, new JobFilter(state, kind));
    }

    public static string? Next<T>(JobPage<T> page, Func<T, Guid> id) => page is { More: true, Rows: [.., var last] } ? PageCursor.Encode(id(last).ToString()) : null;

    private static string? Given(HttpRequest request, string name) => request.Query.TryGetValue(name, out var given) && given.ToString() is { Length: > 0 } text ? text : null;
}
