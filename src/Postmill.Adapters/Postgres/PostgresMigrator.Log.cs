using Microsoft.Extensions.Logging;

namespace Postmill.Adapters.Postgres;

internal sealed partial class PostgresMigrator
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Applied migration {Version} {Name}")]
    private partial void LogApplied(int version, string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "Schema is at version {Version} ({Applied} migrations applied now)")]
    private partial void LogReady(int applied, int version);

    [LoggerMessage(Level = LogLevel.Information, Message = "Another silo is migrating this database; waiting for it")]
    private partial void LogWaiting();

    [LoggerMessage(Level = LogLevel.Warning, Message = "The database has migration {Version} {Name} of a newer Postmill. It only adds, so this older version starts; replace it soon")]
    private partial void LogNewer(int version, string name);
}
