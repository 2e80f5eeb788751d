using System.Net;
using Postmill.Domain.Access;
using Postmill.Host.Http;

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
        return _machines.Wait(ClientAddress.Of(from), now) ?? _pairs.Wait(Pair(emailKey, from), now);
    }

    public void Failed(string emailKey, IPAddress? from)
    {
        var now = clock.GetUtcNow();
        _machines.Failed(ClientAddress.Of(from), now);
        _pairs.Failed(Pair(emailKey, from), now);
    }

    public void Succeeded(string emailKey, IPAddress? from) => _pairs.Succeeded(Pair(emailKey, from));

    private static string Pair(string emailKey, IPAddress? from) => $"{ClientAddress.Of(from)} {emailKey}";
}
