namespace Postmill.Host.Health;

/// <summary>The one place that knows how far the start is. Phases only go forward.</summary>
internal sealed partial class Startup(ILogger<Startup> logger)
{
    private readonly Lock _gate = new();
    private StartupPhase _phase;

    public StartupPhase Phase
    {
        get
        {
            lock (_gate) return _phase;
        }
    }

    public void Enter(StartupPhase phase)
    {
        lock (_gate)
        {
            if (phase <= _phase) return;
            _phase = phase;
        }
        LogPhase(phase);
    }

    [LoggerMessage(LogLevel.Information, "{Phase}")]
    private partial void LogPhase(StartupPhase phase);
}
