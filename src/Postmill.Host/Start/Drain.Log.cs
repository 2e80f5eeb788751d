namespace Postmill.Host.Start;

internal static partial class DrainLog
{
    [LoggerMessage(Level = LogLevel.Warning, Message = "Draining: \"{Name}\" of stage {Stage} did not end in time or failed")]
    public static partial void StepFailed(ILogger logger, Exception fault, DrainStage stage, string name);
}
