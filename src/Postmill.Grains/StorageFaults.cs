using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Postmill.Grains;

/// <summary>Turns what the database's driver throws within a grain's call into what callers on every silo can read.</summary>
public sealed partial class StorageFaults(ILogger<StorageFaults> logger) : IIncomingGrainCallFilter
{
    /// <summary>SQLSTATE classes 08 (connection) and 57P (shut down), and what the driver itself takes for passing.</summary>
    public static bool IsAway(DbException fault) =>
        fault.IsTransient || fault.SqlState?.StartsWith("08", StringComparison.Ordinal) is true || fault.SqlState?.StartsWith("57P", StringComparison.Ordinal) is true;

    public async Task Invoke(IIncomingGrainCallContext context)
    {
        try
        {
            await context.Invoke();
        }
        catch (DbException fault)
        {
            LogFailed(fault, context.TargetId, context.MethodName);
            throw new StorageFaultException(fault.Message, IsAway(fault));
        }
    }

    [LoggerMessage(LogLevel.Warning, "{Grain}: {Method} failed in the database")]
    private partial void LogFailed(Exception fault, GrainId grain, string method);
}
