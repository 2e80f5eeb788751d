using Microsoft.Extensions.Logging;

namespace Postmill.Adapters.Postgres.Feed;

internal sealed partial class FeedRetention
{
    [LoggerMessage(Level = LogLevel.Information, Message = "{Count} events were older than the retention and are gone")]
    private partial void LogPruned(long count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Old events could not be pruned; the next round tries again")]
    private partial void LogFailed(Exception fault);
}
