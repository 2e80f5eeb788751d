namespace Postmill.Adapters.Postgres.Feed;

/// <summary>An event to be appended.</summary>
/// <param name="Json">The frame as it goes out: one compact JSON object that begins with <c>"type"</c>.</param>
/// <param name="At">The moment of writing, not of the cause: retention counts from it.</param>
internal readonly record struct FeedEntry(string Type, string Json, DateTimeOffset At);
