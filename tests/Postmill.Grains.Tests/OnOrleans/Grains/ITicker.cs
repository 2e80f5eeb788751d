using Orleans;
using Orleans.Concurrency;

namespace Postmill.Grains.Tests.OnOrleans.Grains;

[Alias("test.ticker")]
public interface ITicker : IGrainWithStringKey
{
    /// <summary>Starts a timer that does what its name says on each tick.</summary>
    Task Start(string name, TimeSpan due, TimeSpan period);

    Task Stop(string name);

    Task Hold(string gate);

    [AlwaysInterleave]
    Task<Guid> Activation();
}
