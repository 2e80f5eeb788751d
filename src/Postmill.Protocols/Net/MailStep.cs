namespace Postmill.Protocols.Net;

/// <summary>The scope of one step with a waiting budget; disposing it ends the step. See <see cref="MailTransport.BeginStep"/>.</summary>
public readonly record struct MailStep : IDisposable
{
    private readonly MailClock _clock;

    internal MailStep(MailClock clock) => _clock = clock;

    /// <summary>Replaces the waiting budget of the step under way, also while a read is waiting (IDLE → DONE).</summary>
    public void Restart(TimeSpan limit) => _clock.Restart(limit);

    /// <summary>Ends the step.</summary>
    public void Dispose() => _clock.End();
}
