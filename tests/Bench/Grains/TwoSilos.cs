namespace Postmill.Bench.Grains;

/// <summary>Two silos of one cluster, in one process and with a port each, so that a call between them passes TCP on loopback.</summary>
internal sealed class TwoSilos : IAsyncDisposable
{
    private readonly BenchSilo _near, _far;

    private TwoSilos(BenchSilo near, BenchSilo far) => (_near, _far) = (near, far);

    public static async Task<TwoSilos> StartAsync()
    {
        var near = await BenchSilo.StartAsync("near", null);
        var silos = new TwoSilos(near, await BenchSilo.StartAsync("far", near));
        await Until.TrueAsync("both silos see each other", () => Task.FromResult(silos._near.Sees == 2 && silos._far.Sees == 2), TimeSpan.FromSeconds(30));
        return silos;
    }

    /// <summary>Grains as the near silo calls them, all active: so many that run there, and so many that run on the other one.</summary>
    public async Task<(IEcho[] Near, IEcho[] Far)> GrainsAsync(int each)
    {
        List<IEcho> near = [], far = [];
        for (var n = 0; near.Count < each || far.Count < each; n++)
        {
            var grain = _near.Grains.GetGrain<IEcho>($"echo {n}");
            (await grain.Where() == "near" ? near : far).Add(grain);
        }

        return ([.. near.Take(each)], [.. far.Take(each)]);
    }

    public async ValueTask DisposeAsync()
    {
        await _far.DisposeAsync(); // the near one has the membership table
        await _near.DisposeAsync();
    }
}
