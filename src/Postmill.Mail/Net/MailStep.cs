namespace Postmill.Mail.Net;

/// <summary>The scope of one step with a waiting budget; disposing it ends the step. See <see cref="MailTransport.BeginStep"/>.</summary>
public readonly record struct MailStep : IDisposable
{
    private readonly MailClock _clock;

    internal MailStep(MailClock clock) => _clock = clock;

    /// <summary>Replaces the waiting budget of the step under way, also while a read is waiting (IDLE → DONE).</summary>
    public void Restart(TimeSpan limit) => _clock.Restart(limit);

    /// <summary>Begins another step with its own waiting budget, also while a read is waiting.</summary>
    internal void Restart(string name, TimeSpan limit) => _clock.Restart(name, limit);

    /// <summary>Gives the whole budget back, because the server was heard to be at work; all such gifts within one step are at most <paramref name="most"/> together.</summary>
    internal void Refill(TimeSpan most) => _clock.Refill(most);

    /// <summary>Ends the step.</summary>
    public void Dispose() => _clock.End();
}
