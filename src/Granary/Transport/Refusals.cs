using System.Collections.Concurrent;
using System.Net;
using Granary.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Granary.Transport;

/// <summary>Counts refused calls, and logs each kind of refusal at most every so often: whoever tries secrets does not fill the log.</summary>
internal sealed class Refusals(TimeProvider time, IOptions<TransportOptions> options, ILogger<Refusals> logger)
{
    private readonly ConcurrentDictionary<int, Kind> _kinds = new();

    public void Note(int status, IPAddress? remote, string claim, string why)
    {
        GranaryMetrics.RemoteRefused.Add(1, new KeyValuePair<string, object?>("status", status));
        var kind = _kinds.GetOrAdd(status, static _ => new Kind());
        lock (kind)
        {
            if (kind.Logged is { } last && time.GetElapsedTime(last) < options.Value.LogRefusalsEvery)
            {
                kind.Unlogged++;
                return;
            }

            logger.Refused(remote, claim, why, kind.Unlogged);
            (kind.Logged, kind.Unlogged) = (time.GetTimestamp(), 0);
        }
    }

    private sealed class Kind
    {
        public long? Logged { get; set; }

        public long Unlogged { get; set; }
    }
}
