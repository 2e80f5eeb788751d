using Microsoft.Extensions.Logging;

namespace Postmill.Adapters.Postgres;

internal sealed partial class PostgresMigrator
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Applied migration {Version} {Name}")]
    private partial void LogApplied(int version, string name);

    [LoggerMessage(Level = LogLevel.Information, Message = "Schema is at version {Version} ({Applied} migrations applied now)")]
    private partial void LogReady(int applied, int version);
}
