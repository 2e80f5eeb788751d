using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Granary.Activations;

internal static partial class ActivationLog
{
    [LoggerMessage(1101, LogLevel.Warning, "{Grain} has {Count} calls queued")]
    public static partial void QueueLong(this ILogger logger, GrainId grain, int count);

    [LoggerMessage(1102, LogLevel.Warning, "{Grain} could not be activated")]
    public static partial void ActivationFailed(this ILogger logger, Exception fault, GrainId grain);

    [LoggerMessage(1103, LogLevel.Warning, "{Grain} did not end cleanly ({Reason})")]
    public static partial void DeactivationFailed(this ILogger logger, Exception fault, GrainId grain, DeactivationReasonCode reason);

    [LoggerMessage(1104, LogLevel.Warning, "{Grain} could not be disposed")]
    public static partial void DisposeFailed(this ILogger logger, Exception fault, GrainId grain);

    [LoggerMessage(1105, LogLevel.Warning, "{Grain} was given up: {Why}")]
    public static partial void Abandoned(this ILogger logger, GrainId grain, string why);

    [LoggerMessage(1106, LogLevel.Error, "A timer of {Grain} failed; it goes on")]
    public static partial void TimerFailed(this ILogger logger, Exception fault, GrainId grain);

    [LoggerMessage(1107, LogLevel.Warning, "A stream of {Grain} could not be ended cleanly")]
    public static partial void StreamEndFailed(this ILogger logger, Exception fault, GrainId grain);

    [LoggerMessage(1109, LogLevel.Error, "What {Grain} does on cancellation failed")]
    public static partial void CancellationFailed(this ILogger logger, Exception fault, GrainId grain);

    [LoggerMessage(1108, LogLevel.Information, "A stream of {Grain} was ended: nobody read from it")]
    public static partial void StreamIdle(this ILogger logger, GrainId grain);
}
