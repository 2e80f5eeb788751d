using Microsoft.Extensions.Logging;

namespace Postmill.Adapters.Postgres;

internal sealed partial class PrivatePostgres
{
    [LoggerMessage(Level = LogLevel.Information, Message = "No connection string is given: {Server} runs for this host in {Directory}")]
    private static partial void LogStarted(ILogger logger, PrivatePostgresBinaries server, string directory);

    [LoggerMessage(Level = LogLevel.Information, Message = "No connection string is given: took over the PostgreSQL (process {ProcessId}) that an ended host left running in {Directory}")]
    private static partial void LogTakenOver(ILogger logger, int processId, string directory);

    [LoggerMessage(Level = LogLevel.Information, Message = "No connection string is given: using the PostgreSQL (process {ProcessId}) of the host that owns {Directory}")]
    private static partial void LogUsing(ILogger logger, int processId, string directory);

    [LoggerMessage(Level = LogLevel.Information, Message = "Stopped the PostgreSQL in {Directory}")]
    private static partial void LogStopped(ILogger logger, string directory);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The PostgreSQL in {Directory} did not stop in time and was stopped at once; its next start recovers")]
    private static partial void LogStoppedAtOnce(ILogger logger, string directory);

    [LoggerMessage(Level = LogLevel.Information, Message = "The host that owned the PostgreSQL in {Directory} has ended; this host runs it now")]
    private static partial void LogInherited(ILogger logger, string directory);

    [LoggerMessage(Level = LogLevel.Error, Message = "The host that owned the PostgreSQL in {Directory} has ended, and it cannot be started; trying again")]
    private static partial void LogNotInherited(ILogger logger, string directory, Exception error);
}
