using Orleans.Runtime;

namespace Postmill.Host.Cluster;

/// <summary>
/// A silo that was declared dead while it lives, or that cannot go on, ends at once: whatever it still did would be refused by the fence. Its supervisor starts it again. Orleans' own handler
/// waits two seconds first and prints every stack.
/// </summary>
internal sealed partial class FatalSiloError(ILogger<FatalSiloError> logger) : IFatalErrorHandler
{
    public bool IsUnexpected(Exception exception) => true;

    public void OnFatalException(object? sender, string? context, Exception? exception)
    {
        var why = $"{context} {exception?.Message}".Trim();
        LogEnds(exception, why);
        Environment.FailFast($"postmill: this silo cannot go on and ends; it is to be started again: {why}");
    }

    [LoggerMessage(LogLevel.Critical, "This silo cannot go on and ends; it is to be started again: {Why}")]
    private partial void LogEnds(Exception? exception, string why);
}
