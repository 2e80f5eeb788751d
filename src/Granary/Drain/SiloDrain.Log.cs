using Microsoft.Extensions.Logging;

namespace Granary.Drain;

internal static partial class SiloDrainLog
{
    [LoggerMessage(1301, LogLevel.Warning, "Draining: \"{Name}\" of stage {Stage} did not end in time or failed")]
    public static partial void PartFailed(this ILogger logger, Exception fault, SiloDrainStage stage, string name);
}
