namespace Postmill.Domain.Hosts;

/// <summary>What a process wants of a mail host, and what it still holds of an earlier share.</summary>
/// <param name="User">Which process; an owner's name for a silo.</param>
/// <param name="HasBase">It is a silo, which may use its base without asking; fronts may not.</param>
/// <param name="Logins">In progress and waiting.</param>
/// <param name="AreLoginsHeldUp">Some wait, and a higher rate would help.</param>
/// <param name="Runs">In progress and waiting.</param>
/// <param name="Held">Beyond its base, lent earlier and not over: a grain that has just become active does not know of it.</param>
/// <param name="InUse">Beyond its base, in progress now. What it loses of that is free for others only when it says so.</param>
[GenerateSerializer, Immutable, Alias("mailhost.demand")]
public sealed record HostDemand(
    [property: Id(0)] string User,
    [property: Id(1)] bool HasBase,
    [property: Id(2)] int Logins,
    [property: Id(3)] bool AreLoginsHeldUp,
    [property: Id(4)] int Runs,
    [property: Id(5)] HostAmount Held,
    [property: Id(6)] HostAmount InUse);

/// <summary>A part of what may be used of a mail host.</summary>
/// <param name="Logins">In progress at once.</param>
/// <param name="LoginsPerSecond">Begun, in the long run.</param>
/// <param name="Runs">In progress at once.</param>
[GenerateSerializer, Immutable, Alias("mailhost.amount")]
public readonly record struct HostAmount([property: Id(0)] int Logins, [property: Id(1)] double LoginsPerSecond, [property: Id(2)] int Runs)
{
    public static HostAmount operator +(HostAmount one, HostAmount other) =>
        new(one.Logins + other.Logins, one.LoginsPerSecond + other.LoginsPerSecond, one.Runs + other.Runs);
}
