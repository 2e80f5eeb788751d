using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Granary.Calls;

internal static partial class GrainCallsLog
{
    [LoggerMessage(1001, LogLevel.Warning, "{Method} of {Grain} failed after its caller had given up")]
    public static partial void LateFault(this ILogger logger, Exception fault, string method, GrainId grain);

    [LoggerMessage(1002, LogLevel.Warning, "One-way {Method} of {Grain} failed")]
    public static partial void OneWayFault(this ILogger logger, Exception fault, string method, GrainId grain);
}
