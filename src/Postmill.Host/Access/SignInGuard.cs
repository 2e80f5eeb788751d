using System.Net;
using Postmill.Domain.Access;

namespace Postmill.Host.Access;

/// <summary>
/// Slows down guessing: per address and IP address, and per IP address alone, so that one machine cannot try one password on every address.
/// Kept in memory, per node: a cluster of n nodes allows up to n times as many tries.
/// </summary>
internal sealed class SignInGuard(AccessSettings settings, TimeProvider clock)
{
    private readonly FailureCounter _pairs = new(settings.SignInFailures, TimeSpan.FromMinutes(settings.SignInWindowMinutes));
    private readonly FailureCounter _machines = new(settings.SignInFailuresPerIp, TimeSpan.FromMinutes(settings.SignInWindowMinutes));

    public TimeSpan? Wait(string emailKey, IPAddress? from)
    {
        var now = clock.GetUtcNow();
        return _machines.Wait(Machine(from), now) ?? _pairs.Wait(Pair(emailKey, from), now);
    }

    public void Failed(string emailKey, IPAddress? from)
    {
        var now = clock.GetUtcNow();
        _machines.Failed(Machine(from), now);
        _pairs.Failed(Pair(emailKey, from), now);
    }

    public void Succeeded(string emailKey, IPAddress? from) => _pairs.Succeeded(Pair(emailKey, from));

    // A household or a host usually has a whole /64 of IPv6 to vary.
    private static string Machine(IPAddress? from)
    {
        if (from is null) return "?";
        if (from.IsIPv4MappedToIPv6) from = from.MapToIPv4();
        var bytes = from.GetAddressBytes();
        return Convert.ToHexString(bytes, 0, Math.Min(8, bytes.Length));
    }

    private static string Pair(string emailKey, IPAddress? from) => $"{Machine(from)} {emailKey}";
}
