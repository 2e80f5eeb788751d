namespace Postmill.Adapters.Postgres.Messages.Reading;

/// <summary>The database was stopped searching after the time that a search may take.</summary>
public sealed class SearchTooSlowException(Exception inner) : Exception($"the search took longer than {ReadingLimits.SearchMilliseconds / 1000} s", inner);
