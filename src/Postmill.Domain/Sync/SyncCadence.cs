namespace Postmill.Domain.Sync;

/// <summary>How often an account syncs. The defaults are the public contract (S0).</summary>
public sealed record SyncCadence
{
    /// <summary>Between the starts of two automatic runs.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Waits after the first, second, third failure in a row; after one more a person must look.</summary>
    public IReadOnlyList<TimeSpan> Ladder { get; init; } = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)];

    /// <summary>From the start of a POST-caused run: other POSTs get the previous result.</summary>
    public TimeSpan ThrottleWindow { get; init; } = TimeSpan.FromSeconds(30);
}
