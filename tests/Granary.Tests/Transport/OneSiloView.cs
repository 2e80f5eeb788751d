using Granary.Cluster;

namespace Granary.Tests.Transport;

/// <summary>A view that shows what it is given.</summary>
internal sealed class OneSiloView : ISiloWatch
{
    public IReadOnlyList<SiloMember> Active { get; set; } = [];

    public Task LookAgainAsync() => Task.CompletedTask;
}
