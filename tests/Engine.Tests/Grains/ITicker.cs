using Orleans;
using Orleans.Concurrency;

namespace Engine.Tests.Grains;

[Alias("test.ticker")]
public interface ITicker : IGrainWithStringKey
{
    /// <summary>Starts a timer that does what its name says on each tick.</summary>
    Task Start(string name, TimeSpan due, TimeSpan period, bool interleave, bool keepAlive);

    Task Change(string name, TimeSpan due, TimeSpan period);

    Task Stop(string name);

    Task Hold(string gate);

    Task HoldThenLeave(string gate);

    [AlwaysInterleave]
    Task<Guid> Activation();
}
