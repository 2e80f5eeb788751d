using Microsoft.Extensions.Logging;

namespace Granary.Cluster;

internal static partial class SiloMembershipLog
{
    [LoggerMessage(1201, LogLevel.Information, "Silo at {Address} has joined as {Incarnation}")]
    public static partial void Joined(this ILogger logger, string address, Guid incarnation);

    [LoggerMessage(1202, LogLevel.Warning, "The lease of {Incarnation} is lost: its work stops now, then the silo joins again")]
    public static partial void Lost(this ILogger logger, Guid incarnation);

    [LoggerMessage(1203, LogLevel.Warning, "{Incarnation} was declared dead by another silo or its lease ran out")]
    public static partial void Superseded(this ILogger logger, Guid incarnation);

    [LoggerMessage(1204, LogLevel.Error, "Another living silo has the address {Address}; this one does not work until that one is gone")]
    public static partial void AddressTaken(this ILogger logger, string address);

    [LoggerMessage(1205, LogLevel.Warning, "The lease could not be registered or renewed; trying again")]
    public static partial void AttemptFailed(this ILogger logger, Exception fault);

    [LoggerMessage(1206, LogLevel.Information, "{Incarnation} stops renewing its lease")]
    public static partial void Leaving(this ILogger logger, Guid incarnation);

    [LoggerMessage(1207, LogLevel.Information, "{Incarnation} has given its lease back")]
    public static partial void Released(this ILogger logger, Guid incarnation);
}
