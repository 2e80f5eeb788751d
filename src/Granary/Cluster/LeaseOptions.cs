namespace Granary.Cluster;

/// <summary>Times of the silo lease. What holds between them: renewals fit several times into the lease, and work stops a margin before its end.</summary>
public sealed class LeaseOptions
{
    /// <summary>How long a lease runs without renewal, by the database's clock. Default 20 s: with 10 s to notice, every grain is owned again within 30 s of a crash.</summary>
    public TimeSpan Duration { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>How often it is renewed. Default 5 s: three renewals may be lost.</summary>
    public TimeSpan RenewEvery { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How soon a failed renewal, or a failed attempt to join, is tried again. Default 1 s.</summary>
    public TimeSpan RetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long before the end of the lease work stops. Default 5 s: time for activations to end while writes are still ours.</summary>
    public TimeSpan StopBefore { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a starting silo tries to get its first lease before the start fails. Default 30 s.</summary>
    public TimeSpan JoinWithin { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the rows of dead silos are kept, for people who look. Default 7 days.</summary>
    public TimeSpan KeepDead { get; set; } = TimeSpan.FromDays(7);
}
