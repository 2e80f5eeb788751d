namespace Postmill.Host.Live;

internal static partial class LiveLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "The feed of user {UserId} broke off after {Last}; following it again")]
    public static partial void StreamBroke(ILogger logger, Exception fault, Guid userId, long last);

    [LoggerMessage(Level = LogLevel.Debug, Message = "A silo was lost; the feed of user {UserId} is followed again from {Last}")]
    public static partial void FollowedAgain(ILogger logger, Guid userId, long last);

    [LoggerMessage(Level = LogLevel.Debug, Message = "The feed of user {UserId} cannot be followed from {Last}; the log is looked at instead")]
    public static partial void StillBroken(ILogger logger, Exception fault, Guid userId, long last);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The log of user {UserId} could not be read; a socket waits for it")]
    public static partial void LogUnreadable(ILogger logger, Exception fault, Guid userId);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The API keys in use could not be checked; the next round tries again")]
    public static partial void KeysUnchecked(ILogger logger, Exception fault);

    [LoggerMessage(Level = LogLevel.Information, Message = "Closing {Count} sockets: the server is going away")]
    public static partial void ClosingAll(ILogger logger, int count);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Count} sockets did not end within the time for closing")]
    public static partial void StillOpen(ILogger logger, int count);
}
