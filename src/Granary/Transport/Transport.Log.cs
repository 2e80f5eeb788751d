using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Granary.Transport;

internal static partial class TransportLog
{
    [LoggerMessage(1401, LogLevel.Debug, "{Method} of {Grain}: attempt {Attempt} had no effect: {Why}")]
    public static partial void Retried(this ILogger logger, string method, GrainId grain, int attempt, string why);

    [LoggerMessage(1402, LogLevel.Warning, "A call from {Remote} ({Claim}) was refused: {Why} ({Unlogged} more since the last line of this kind)")]
    public static partial void Refused(this ILogger logger, IPAddress? remote, string claim, string why, long unlogged);

    [LoggerMessage(1403, LogLevel.Information, "Calls of other silos are taken at {Address}")]
    public static partial void Listening(this ILogger logger, string address);

    [LoggerMessage(1404, LogLevel.Information, "{Count} activations end here: their grains belong to other silos now")]
    public static partial void Moving(this ILogger logger, int count);

    [LoggerMessage(1405, LogLevel.Warning, "{Method} of {Grain} failed after the silo that had called it stopped waiting")]
    public static partial void LateFault(this ILogger logger, Exception fault, string method, GrainId grain);

    [LoggerMessage(1407, LogLevel.Warning, "{Why}; calls to its grains fail until it can be reached or its lease is over. Are the address and port that it advertises right, and open from here?")]
    public static partial void Unreachable(this ILogger logger, string why);

    [LoggerMessage(1408, LogLevel.Information, "{Silo} at {Address} can be reached again after {Away}")]
    public static partial void ReachableAgain(this ILogger logger, string silo, string address, TimeSpan away);

    [LoggerMessage(1406, LogLevel.Debug, "A call ended before it was read or answered")]
    public static partial void CallerGone(this ILogger logger, Exception fault);
}
