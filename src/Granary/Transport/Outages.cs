using System.Collections.Concurrent;
using System.Globalization;
using Granary.Cluster;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Transport;

/// <summary>
/// Which silos no connection was got to. One that is starting again is tried by every call as often as ever; one that has been away for longer than the attempts of a call last
/// is tried once in a while, by one call, and the others are told at once.
/// </summary>
internal sealed class Outages(TimeProvider time, IOptions<TransportOptions> options, ILogger<Outages> logger)
{
    /// <summary>A failure says nothing of a silo that nobody has called for this long.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Guid, Outage> _outages = new();

    /// <summary>What the attempts of one call last when they fail at once.</summary>
    private TimeSpan Attempts => options.Value.RetryAfter * ((1 << (options.Value.MaxAttempts - 1)) - 1);

    /// <summary>Silos remembered; bounded by those that were called lately.</summary>
    public int Count => _outages.Count;

    /// <summary>Why the silo is not to be tried now; null when it is.</summary>
    public string? Refusal(SiloMember silo)
    {
        if (!_outages.TryGetValue(silo.Incarnation, out var outage)) return null;
        lock (outage)
        {
            var now = time.GetTimestamp();
            if (outage.NextTry is not { } next || time.GetElapsedTime(outage.Failed, now) > Memory) return null;
            if (now < next) return string.Create(CultureInfo.InvariantCulture, $"{outage.Why} (for {time.GetElapsedTime(outage.Since, now).TotalSeconds:0.0} s now; it is tried every {options.Value.TryUnreachableEvery.TotalSeconds} s)");
            // Whoever comes now tries; who comes while it does is still told at once.
            outage.NextTry = now + Ticks(options.Value.TryUnreachableEvery);
            return null;
        }
    }

    /// <summary>No connection was got.</summary>
    /// <param name="silo">To whom.</param>
    /// <param name="began">When the attempt began: one that waits for its connection shows how long there was none.</param>
    /// <param name="why">What the network said.</param>
    public void Unreached(SiloMember silo, long began, string why)
    {
        var outage = _outages.GetOrAdd(silo.Incarnation, static (_, since) => new Outage { Since = since, Failed = since }, began);
        lock (outage)
        {
            if (time.GetElapsedTime(outage.Failed, began) > Memory) (outage.Since, outage.NextTry) = (began, null);
            var now = time.GetTimestamp();
            (outage.Failed, outage.Why) = (now, why);
            if (time.GetElapsedTime(outage.Since, now) < Attempts) return;
            if (outage.NextTry is null) logger.Unreachable(why);
            outage.NextTry = now + Ticks(options.Value.TryUnreachableEvery);
        }

        foreach (var (id, old) in _outages)
            if (time.GetElapsedTime(Volatile.Read(ref old.Failed)) > Memory) _outages.TryRemove(id, out _);
    }

    /// <summary>It has answered.</summary>
    public void Reached(SiloMember silo)
    {
        // The usual case costs no lock.
        if (!_outages.ContainsKey(silo.Incarnation) || !_outages.TryRemove(silo.Incarnation, out var outage)) return;
        lock (outage)
        {
            if (outage.NextTry is not null) logger.ReachableAgain(silo.Name, silo.Address, time.GetElapsedTime(outage.Since));
        }
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * time.TimestampFrequency);

    private sealed class Outage
    {
        /// <summary>When the last failure was; read without the lock to forget it.</summary>
        public long Failed;

        public long Since { get; set; }

        /// <summary>When it is tried again; null as long as everybody may.</summary>
        public long? NextTry { get; set; }

        public string Why { get; set; } = "";
    }
}
