using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Runtime;

namespace Granary.Cluster;

/// <summary>The lease as this process knows it. Without a membership the silo stands alone and its lease never ends.</summary>
internal sealed class SiloIdentity : ISiloIdentity, ILocalSiloDetails, IDisposable
{
    private static readonly DateTimeOffset GenerationEpoch = new(2022, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private CancellationTokenSource _stop = new();
    private long _workUntil = long.MaxValue;

    public SiloIdentity(IOptions<ClusterOptions> cluster, IOptions<EndpointOptions> endpoint, IOptions<GranaryOptions> options, TimeProvider time)
    {
        _time = time;
        ClusterId = cluster.Value.ClusterId;
        Name = options.Value.SiloName;
        var generation = (int)((time.GetUtcNow() - GenerationEpoch).TotalSeconds % int.MaxValue);
        SiloAddress = SiloAddress.New(endpoint.Value.AdvertisedIPAddress, endpoint.Value.SiloPort, generation);
        Address = SiloAddress.Endpoint.ToString();
        Current = new SiloIncarnation(Guid.NewGuid(), _stop.Token);
    }

    public SiloIncarnation Current { get; private set; }

    public string Address { get; private set; }

    public string Name { get; }

    public string ClusterId { get; }

    public string DnsHostName => Environment.MachineName;

    public SiloAddress SiloAddress { get; private set; }

    public SiloAddress GatewayAddress => SiloAddress;

    public bool MayWork => _time.GetTimestamp() < Volatile.Read(ref _workUntil);

    public void Dispose() => _stop.Dispose();

    /// <summary>The port is known, before there is a lease: port 0 was a free one.</summary>
    public void Bound(int port)
    {
        SiloAddress = SiloAddress.New(SiloAddress.Endpoint.Address, port, SiloAddress.Generation);
        Address = SiloAddress.Endpoint.ToString();
    }

    /// <summary>A lease was got.</summary>
    public void Begin(Guid incarnation, long workUntil)
    {
        lock (_gate)
        {
            _stop = new CancellationTokenSource();
            Current = new SiloIncarnation(incarnation, _stop.Token);
            Volatile.Write(ref _workUntil, workUntil);
        }
    }

    /// <summary>The lease was renewed.</summary>
    public void Extend(long workUntil) => Volatile.Write(ref _workUntil, workUntil);

    /// <summary>There is no lease, or none that may be relied on.</summary>
    public void End()
    {
        CancellationTokenSource stop;
        lock (_gate)
        {
            Volatile.Write(ref _workUntil, long.MinValue);
            stop = _stop;
        }

        stop.Cancel();
    }
}
