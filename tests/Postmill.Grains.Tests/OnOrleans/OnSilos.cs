using Orleans.Hosting;

namespace Postmill.Grains.Tests.OnOrleans;

/// <summary>A test class with silos of its own for each test.</summary>
public abstract class OnSilos(Layout layout = Layout.One) : IAsyncLifetime
{
    private protected TestSilos Silos { get; private set; } = null!;

    public async Task InitializeAsync() => Silos = await TestSilos.StartAsync(layout, Configure);

    public async Task DisposeAsync()
    {
        Release(Silos.Probe);
        // What a test left waiting for its deadline gets there.
        await Silos.AdvanceUntil(Silos.DisposeAsync().AsTask(), TimeSpan.FromSeconds(10));
    }

    /// <summary>Settings of every silo.</summary>
    private protected virtual void Configure(ISiloBuilder silo) { }

    /// <summary>Opens what grains would wait for when they end.</summary>
    private protected virtual void Release(Probe probe) { }
}
