namespace Postmill.Domain.Hosts;

/// <summary>What all processes of a cluster together may use of one mail host.</summary>
/// <param name="Total">For all together.</param>
public sealed record HostLimits(HostAmount Total)
{
    /// <summary>How long a share is good for. A process that is cut off keeps to its base after that.</summary>
    public static readonly TimeSpan Term = TimeSpan.FromSeconds(15);

    /// <summary>The longest that a host is left alone, whatever it asks for.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(15);

    /// <summary>How long a host is left alone that turns everybody away and does not say for how long.</summary>
    public static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(30);

    /// <summary>So many broken promises within <see cref="LiesRemembered"/>, and the capability is not used at the host; one may be an accident.</summary>
    public const int LiesUntilBroken = 3;

    /// <summary>A host is tried again after this: servers are mended.</summary>
    public static readonly TimeSpan LiesRemembered = TimeSpan.FromDays(7);

    /// <summary>What each silo may use without asking: half of everything divided by their number. Whole numbers are rounded down, maybe to nothing.</summary>
    public HostAmount Base(int silos) => new(Total.Logins / (2 * silos), Total.LoginsPerSecond / (2 * silos), Total.Runs / (2 * silos));

    /// <summary>What is lent out: the rest.</summary>
    public HostAmount Pool(int silos)
    {
        var own = Base(silos);
        return new HostAmount(Total.Logins - (silos * own.Logins), Total.LoginsPerSecond - (silos * own.LoginsPerSecond), Total.Runs - (silos * own.Runs));
    }
}
