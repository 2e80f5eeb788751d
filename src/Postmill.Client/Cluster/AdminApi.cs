using Postmill.Client.Http;

namespace Postmill.Client;

/// <summary><c>/api/admin</c>.</summary>
public sealed class AdminApi
{
    private readonly ApiWire _wire;

    internal AdminApi(ApiWire wire) => _wire = wire;

    /// <summary>Silos, who owns how many accounts, what waits.</summary>
    public async Task<Cluster> GetClusterAsync(CancellationToken cancellationToken = default) =>
        (await _wire.SendAsync(HttpMethod.Get, "api/admin/cluster", ClientJson.Default.ClusterAnswer, cancellationToken).ConfigureAwait(false)).Cluster;
}
